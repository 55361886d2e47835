import {Flags} from '@oclif/core';
import {GpudockCommand} from '../command.js';
import type {Host} from '../contract/host.js';
import type {Diagnosis} from '../diagnosis/diagnosis.js';
import {diagnose} from '../diagnosis/doctor.js';
import {mend, mendableOnes, mendingPlan, withFindings} from '../diagnosis/mend.js';
import {EXIT, Failure} from '../failure.js';
import {captureWorld} from '../host/capture.js';
import {watched} from '../host/deadline.js';
import {readEvidence} from '../host/evidence.js';
import {probe} from '../host/probe.js';
import {interruptSignal} from '../interrupt.js';
import {consent} from '../ui/consent.js';
import {renderFindings} from '../ui/doctor.js';
import type {World} from '../world/world.js';

/** For all that is asked, in milliseconds: the probe ends before it, and what hangs there is not waited for twice. */
const TIME_LIMIT = 5_200;

export default class DoctorCommand extends GpudockCommand {
  static override summary = 'what is wrong with this machine, worst first, and what to type';
  static override description =
    'Looks at the driver, the container toolkit, the engine and the limits of the system. Changes nothing without --fix. Exits with 1 when something is an error.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --fix',
    '<%= config.bin %> <%= command.id %> --from ./my-host --json',
  ];
  static override flags = {
    from: Flags.string({helpValue: 'DIR', description: 'read a capture instead of this machine', exclusive: ['fix']}),
    fix: Flags.boolean({description: 'run the fixes, after asking for each command, and look again'}),
    'dry-run': Flags.boolean({description: 'print the commands of the fixes, and run none', dependsOn: ['fix']}),
    yes: Flags.boolean({char: 'y', description: 'do not ask', dependsOn: ['fix']}),
  };

  async run(): Promise<Host> {
    const {flags} = await this.parse(DoctorCommand);
    const world = flags.from ? captureWorld(flags.from) : this.world;
    let examined = await this.examine(world);
    const mended = !flags.fix
      ? 0
      : flags['dry-run']
        ? this.plan(examined.findings)
        : await this.mend(examined.findings, flags.yes);
    if (mended > 0) examined = await this.examine(world);
    const host = withFindings(examined.host, examined.findings);
    if (!this.jsonEnabled()) this.print(`${renderFindings(host.findings, this.look.columns)}\n`);
    if (host.findings.some(({severity}) => severity === 'error')) process.exitCode = EXIT.failed;
    return host;
  }

  private plan(findings: readonly Diagnosis[]): number {
    for (const line of mendingPlan(findings)) this.tell(line);
    return 0;
  }

  private async agrees(question: string, yes: boolean): Promise<boolean> {
    if (!yes) return consent(question, this.world.env);
    this.say(question);
    return true;
  }

  private async mend(findings: readonly Diagnosis[], yes: boolean): Promise<number> {
    if (!yes && mendableOnes(findings).length > 0 && !process.stdin.isTTY) {
      throw new Failure({
        code: 'consent_missing',
        message: 'fixes need consent, and there is no terminal to ask at',
        cause: 'each fix changes this machine',
        fix: 'gpudock doctor --fix --yes, after gpudock doctor has shown what that would run',
        exit: EXIT.usage,
      });
    }
    return mend(
      this.world,
      findings,
      {agrees: question => this.agrees(question, yes), say: line => this.say(line)},
      interruptSignal(),
    );
  }

  private async examine(asked: World): Promise<{host: Host; findings: Diagnosis[]}> {
    const {world, late} = watched(asked, TIME_LIMIT);
    const host = await this.during('looks at the machine', probe(world));
    const findings = diagnose(host, await this.during('looks at the machine', readEvidence(world, host)));
    if (late.size > 0) this.tell(`did not answer in time, and is left out: ${[...late].sort().join(', ')}`);
    return {host, findings};
  }
}
