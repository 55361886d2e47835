import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import {openNotebook, planNotebook} from '../flow/notebook.js';
import {imageFlags, planFlags} from '../image-flags.js';
import {liveFlow} from '../live-flow.js';
import {openBrowser} from '../ui/browser.js';
import {renderLaunch} from '../ui/launch.js';
import {duration} from '../ui/units.js';

export default class NotebookCommand extends GpudockCommand {
  static override summary = 'open JupyterLab for a folder: probe, choose, build, launch, wait until it answers';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/thesis --gpus 1 --port 9000',
    '<%= config.bin %> <%= command.id %> --dry-run',
  ];
  static override args = {
    dir: Args.string({description: 'the project folder; its files say which packages are wanted', default: '.'}),
  };
  static override flags = {
    ...imageFlags,
    port: Flags.integer({description: 'port on this machine (8888 when free)', min: 1, max: 65535}),
    name: Flags.string({description: 'name of the container'}),
    open: Flags.boolean({description: 'open the browser', default: true, allowNo: true}),
    ...planFlags,
  };

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(NotebookCommand);
    const progress = this.progress();
    const flow = liveFlow(this.world, progress);
    const request = {
      folder: args.dir,
      from: flags.from ?? null,
      gpus: flags.gpus ?? null,
      base: flags.base ?? null,
      port: flags.port ?? null,
      name: flags.name ?? null,
    };
    try {
      if (flags['dry-run']) {
        const {schema, image, container, command, decisions, url, dockerfile} = await planNotebook(flow, request);
        const document = {schema, image, container, command, decisions, url, dockerfile};
        if (!this.jsonEnabled()) this.print(renderLaunch(document, this.look.columns));
        return document;
      }
      const begun = this.world.now();
      progress.status('looking at the machine and the project …');
      const notebook = await openNotebook(flow, request);
      progress.end();
      if (!this.jsonEnabled()) this.#show(notebook, (this.world.now().getTime() - begun.getTime()) / 1000);
      if (flags.open && !this.jsonEnabled()) await openBrowser(notebook.url, this.world.env);
      return notebook;
    } finally {
      progress.end();
    }
  }

  #show({url, name, running}: {url: string; name: string; running: boolean}, seconds: number): void {
    this.say(running ? 'JupyterLab is running already:' : `JupyterLab is ready after ${duration(seconds)}:`);
    this.print(`${url}\n`);
    this.say(`Stop it with: gpudock stop ${name}`);
  }
}
