import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type {Serve} from '../contract/containers.js';
import type {Launch} from '../contract/launch.js';
import {connect} from '../engine/connect.js';
import {planServe, serve} from '../flow/serve.js';
import {quote} from '../launch/command-line.js';
import {PRESETS, type Preset} from '../launch/presets.js';
import {launchFlags, launchWishes, nameFlag} from '../launch-flags.js';
import {LeadingCommand} from '../leading-command.js';
import {liveFlow} from '../live-flow.js';
import {renderLaunch} from '../ui/launch.js';

export default class ServeCommand extends LeadingCommand {
  static override summary = 'start a model server, and wait until it is ready';
  static override description = 'Prints a request that works.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> tensorflow models/digits',
    '<%= config.bin %> <%= command.id %> vllm Qwen/Qwen2.5-0.5B-Instruct --gpus 1',
    '<%= config.bin %> <%= command.id %> app main:app --replicas 2',
  ];
  static override args = {
    preset: Args.custom<Preset>({options: [...PRESETS], description: 'the server'})({required: true}),
    model: Args.string({
      description:
        'folder (tensorflow, triton, vllm), .mar file (torchserve), model id (vllm) or MODULE:ATTRIBUTE (app)',
      required: true,
    }),
  };
  static override flags = {
    ...launchFlags,
    gpus: Flags.string({
      description: 'all, none, auto, a count, or indexes and UUIDs (device=0 is one)',
      helpValue: '0,1',
    }),
    image: Flags.string({description: 'image of the server (the newest that runs here)'}),
    project: Flags.string({char: 'C', description: 'app: the project folder', default: '.', helpValue: 'DIR'}),
    port: Flags.integer({description: 'port on this machine', min: 1, max: 65535}),
    name: nameFlag,
    replicas: Flags.integer({description: 'how many, each with a port of its own', default: 1, min: 1, max: 64}),
    health: Flags.string({description: 'app: path that answers 200 when it is ready', default: '/'}),
    wait: Flags.integer({
      description: 'seconds to wait until it is ready; one that crashes is told at once',
      default: 1800,
      min: 1,
    }),
    sync: Flags.boolean({description: 'copy the model in: for an engine on another machine, which cannot mount it'}),
    'dry-run': Flags.boolean({description: 'print the plan and change nothing'}),
  };

  async run(): Promise<Serve | Launch | undefined> {
    const {args, flags} = await this.parse(ServeCommand);
    const progress = this.progress();
    const flow = liveFlow(this.world, progress);
    const request = {
      preset: args.preset,
      model: args.model,
      folder: flags.project,
      image: flags.image ?? null,
      gpus: flags.gpus ?? null,
      port: flags.port ?? null,
      name: flags.name ?? null,
      replicas: flags.replicas,
      sync: flags.sync,
      health: flags.health,
      ...(await launchWishes(flags, this.world)),
      wait: flags.wait * 1000,
    };
    try {
      if (flags['dry-run']) {
        const {schema, image, container, command, decisions, url, dockerfile} = await planServe(flow, request);
        const document = {schema, image, container, command, decisions, url, dockerfile};
        if (!this.jsonEnabled()) this.print(renderLaunch(document, this.look.columns));
        return document;
      }
      const {servers, request: first} = await serve(flow, request);
      progress.end();
      const curl = servers.map(({url}) => curlLine(first.method, `${url}${first.path}`));
      if (!this.jsonEnabled()) {
        for (const line of curl) process.stdout.write(`${line}\n`);
        this.say(`Stop it with: ${servers.map(({name}) => `gpudock stop ${name}`).join('; ')}`);
      }
      const document: Serve = {
        schema: 'gpudock/serve/1',
        servers: servers.map(({id, name, url}) => ({id, name, url})),
        curl,
      };
      const led = servers.flatMap(({id, name, tunnel}) => (tunnel === null ? [] : [{id, name, tunnel}]));
      if (led.length === 0) return document;
      return await this.keepOpen(await connect(this.world), led, document, flow.signal);
    } finally {
      progress.end();
    }
  }
}

const curlLine = (method: string, url: string): string =>
  `curl --fail --silent --show-error ${method === 'GET' ? '' : `--request ${method} `}${quote(url)}`;
