import * as Args from '@oclif/core/args';
import type {Open} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer, isRunning, type Listed} from '../engine/containers.js';
import {linkAt, runningNotebook} from '../engine/notebook.js';
import {Failure} from '../failure.js';
import {isPortFree} from '../flow/port.js';
import {wayTo} from '../flow/way.js';
import {LeadingCommand} from '../leading-command.js';
import {openBrowser} from '../ui/browser.js';

export default class OpenCommand extends LeadingCommand {
  static override summary = 'print the link of what runs, and open the browser';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> gpudock-thesis',
  ];
  static override args = {name: Args.string({description: 'name, id or project folder', default: '.'})};

  async run(): Promise<Open | undefined> {
    const {args} = await this.parse(OpenCommand);
    const engine = await connect(this.world);
    const {id, name, state, purpose, port} = await findContainer(engine, args.name, hasLink);
    if (state !== 'running' || port === null) throw notOpen(name, state);
    const notebook = purpose === 'notebook' ? await runningNotebook(engine, id, name) : null;
    const {origin, tunnel} = await wayTo(engine, port, (await isPortFree(port)) ? port : null);
    const url = notebook === null ? `${origin}/` : linkAt(origin, notebook);
    if (!this.jsonEnabled()) {
      this.print(`${url}\n`);
      await openBrowser(url, this.world.env);
    }
    const document: Open = {schema: 'gpudock/open/1', name, url};
    if (tunnel === null) return document;
    return this.keepOpen(engine, [{id, name, tunnel}], document);
  }
}

const hasLink = (container: Listed): boolean => isRunning(container) && container.port !== null;

const notOpen = (name: string, state: string): Failure =>
  new Failure({
    code: 'nothing_to_open',
    message: `${name} has no link`,
    cause: state === 'running' ? 'it publishes no port' : `it is ${state}`,
    fix: 'gpudock notebook starts one',
  });
