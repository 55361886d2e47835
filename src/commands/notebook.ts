import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type {Notebook} from '../contract/containers.js';
import type {Launch} from '../contract/launch.js';
import {connect} from '../engine/connect.js';
import {type OpenedNotebook, openNotebook, planNotebook} from '../flow/notebook.js';
import {imageFlags, planFlags} from '../image-flags.js';
import {settling} from '../keep-question.js';
import {launchFlags, launchWishes, nameFlag, seconds, syncFlag} from '../launch-flags.js';
import {LeadingCommand} from '../leading-command.js';
import {liveFlow} from '../live-flow.js';
import {openBrowser} from '../ui/browser.js';
import {renderLaunch} from '../ui/launch.js';
import {askPassword} from '../ui/password.js';
import {duration} from '../ui/units.js';

export default class NotebookCommand extends LeadingCommand {
  static override summary = 'open JupyterLab for a folder, and wait until it answers';
  static override description = 'Probes the machine, chooses an image, builds and launches.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/thesis --gpus 1 --port 9000',
    '<%= config.bin %> <%= command.id %> --public --idle-stop 2h',
    '<%= config.bin %> <%= command.id %> --dry-run',
  ];
  static override args = {
    dir: Args.string({description: 'the project folder; its files say which packages are wanted', default: '.'}),
  };
  static override flags = {
    ...imageFlags,
    ...launchFlags,
    port: Flags.integer({description: 'port on this machine (8888 when free)', min: 1, max: 65535}),
    public: Flags.boolean({
      description: 'open to whoever reaches this machine, not to it alone; the token still guards it',
    }),
    password: Flags.boolean({
      description: 'log in with a password as well: asks for it, or reads it from standard input',
    }),
    'idle-stop': Flags.string({
      description: 'end after so long without a running cell, or a program in the background with a GPU',
      helpValue: '2h',
    }),
    name: nameFlag,
    sync: syncFlag,
    open: Flags.boolean({description: 'open the browser', default: true, allowNo: true}),
    ...planFlags,
  };

  async run(): Promise<Notebook | Launch | undefined> {
    const {args, flags} = await this.parse(NotebookCommand);
    const progress = this.progress();
    const flow = liveFlow(this.world, progress);
    const request = {
      ...(await launchWishes(flags, this.world)),
      folder: args.dir,
      from: flags.from ?? null,
      gpus: flags.gpus ?? null,
      base: flags.base ?? null,
      keep: flags.keep ?? null,
      port: flags.port ?? null,
      name: flags.name ?? null,
      sync: flags.sync,
      reach: flags.public ? ('network' as const) : ('machine' as const),
      password: flags.password && !flags['dry-run'] ? await askPassword('Password for the notebook:') : null,
      idleSeconds: seconds('idle-stop', flags['idle-stop']),
    };
    try {
      if (flags['dry-run']) {
        const {schema, image, container, command, decisions, url, dockerfile} = await planNotebook(flow, request);
        const document = {schema, image, container, command, decisions, url, dockerfile};
        if (!this.jsonEnabled()) this.print(renderLaunch(document, this.look.columns));
        return document;
      }
      const begun = this.world.now();
      const asking = {world: this.world, ask: !this.jsonEnabled(), quiet: () => progress.end()};
      const notebook = await settling(request, asking, settled => openNotebook(flow, settled));
      progress.end();
      const asked = START_FLAGS.filter(flag => flags[flag] !== undefined && flags[flag] !== false);
      const ignored = notebook.running ? asked.filter(flag => !isSo(notebook, flag, flags[flag])) : [];
      const took = (this.world.now().getTime() - begun.getTime()) / 1000;
      if (!this.jsonEnabled()) this.#show(notebook, {took, open: flags.public && !notebook.running, ignored});
      if (flags.open && !this.jsonEnabled()) await openBrowser(notebook.url, this.world.env);
      const {id, name, url, running, vscode, tunnel} = notebook;
      const document: Notebook = {schema: 'gpudock/notebook/1', id, name, url, running, vscode};
      if (tunnel === null) return document;
      return await this.keepOpen(await connect(this.world), [{id, name, tunnel}], document, flow.signal);
    } finally {
      progress.end();
    }
  }

  #show(
    {url, name, running, vscode, fromElsewhere, tunnel}: OpenedNotebook,
    {took, open, ignored}: {took: number; open: boolean; ignored: readonly string[]},
  ): void {
    this.say(running ? 'JupyterLab is running already:' : `JupyterLab is ready after ${duration(took)}:`);
    this.print(`${url}\n`);
    if (ignored.length > 0)
      this.say(`Only a start grants --${ignored.join(', --')}: for that, gpudock stop ${name} first.`);
    if (open) {
      this.say(`From other machines: ${fromElsewhere}`);
      this.say(
        'Warning: who has that link can run programs as you, and it is not encrypted: keep to networks you trust.',
      );
    }
    this.say(`In VS Code with Dev Containers: code --folder-uri ${vscode}`);
    const back = tunnel === null ? '' : ': what has changed in the project comes back then';
    this.say(`Stop it with: gpudock stop ${name}${back}`);
  }
}

/** What only a start can do. */
const START_FLAGS = [
  ...['public', 'password', 'idle-stop', 'port', 'name', 'data', 'env', 'user', 'root'],
  ...['gpus', 'gpu-memory', 'base', 'shm-size', 'memory', 'cpus', 'pids'],
] as const;

/** What can be seen to be as it is asked for. */
const isSo = ({url, name}: OpenedNotebook, flag: string, value: unknown): boolean =>
  (flag === 'port' && new URL(url).port === String(value)) || (flag === 'name' && name === value);
