import {resolve} from 'node:path';
import {GpudockCommand} from './command.js';
import type {LockChanges} from './contract/lock.js';
import {LOCK_FILE, writeLock} from './environment/lock.js';
import {type Change, lockDifference} from './environment/lock-difference.js';
import type {Flow} from './flow/flow.js';
import {resolveLock, type Upgrades} from './flow/lock.js';
import {replaceLock} from './flow/lock-file.js';
import type {SituationQuestion} from './flow/situation.js';
import {liveFlow} from './live-flow.js';
import {renderChanges} from './ui/lock.js';

/** What `lock` and `upgrade` share: look for versions, show what changes, write. */
export abstract class LockCommand extends GpudockCommand {
  protected async relock(request: SituationQuestion, upgrades: Upgrades, write: boolean): Promise<LockChanges> {
    const progress = this.progress();
    const flow: Flow = liveFlow(this.world, progress);
    try {
      const {dir, previous, lock} = await resolveLock(flow, request, upgrades);
      progress.end();
      const changes = lockDifference(previous, lock);
      const text = writeLock(lock);
      const same = previous !== null && writeLock(previous) === text;
      if (write && !same) await replaceLock(dir, text);
      if (!this.jsonEnabled()) this.#show(changes, same, write);
      return {schema: 'gpudock/lock-changes/1', path: resolve(dir, LOCK_FILE), written: write && !same, changes};
    } finally {
      progress.end();
    }
  }

  #show(changes: readonly Change[], same: boolean, write: boolean): void {
    for (const line of renderChanges(changes)) this.print(`${line}\n`);
    if (same) this.say(`${LOCK_FILE} is current: nothing changed`);
    else this.say(write ? `wrote ${LOCK_FILE}` : `would write ${LOCK_FILE}`);
  }
}
