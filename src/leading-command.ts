import {GpudockCommand} from './command.js';
import type {Engine} from './engine/connect.js';
import type {Led} from './flow/way.js';
import {interruptSignal} from './interrupt.js';

/** A command that leads to ports of another machine: it goes on as long as somebody wants to get there. */
export abstract class LeadingCommand extends GpudockCommand {
  /** Keeps the tunnels open until Ctrl-C, or until what they lead to has ended; `--json` prints its document before. */
  protected async keepOpen(
    engine: Engine,
    led: readonly Led[],
    document: unknown,
    signal: AbortSignal = interruptSignal(),
  ): Promise<undefined> {
    if (this.jsonEnabled()) this.logJson(document);
    for (const {tunnel} of led) this.say(`Tunnel: ${tunnel.line}`);
    this.say('It is open as long as this runs: Ctrl-C closes it, and nothing over there ends.');
    const {keptOpen} = await import('./flow/way.js');
    const ended = await keptOpen(engine, led, signal);
    const names = led.map(({name}) => name);
    for (const name of ended) this.say(`${name} has ended: gpudock stop ${name} brings back what has changed.`);
    if (ended.length === 0)
      for (const name of names)
        this.say(`The tunnel is closed. ${name} runs on: gpudock open ${name} leads there again.`);
    return undefined;
  }
}
