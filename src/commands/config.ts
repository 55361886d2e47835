import * as Args from '@oclif/core/args';
import {GpudockCommand} from '../command.js';
import type {Config} from '../contract/project.js';
import {readConfig} from '../flow/config.js';
import {imageFlags} from '../image-flags.js';
import {table} from '../ui/table.js';

export default class ConfigCommand extends GpudockCommand {
  static override summary = 'show each setting of a project, and where it comes from';
  static override description =
    'From the weakest to the strongest: gpudock.yaml, gpudock/config.yaml in the folder for settings ($XDG_CONFIG_HOME, else ~/.config), variables (GPUDOCK_FRAMEWORK, _BASE, _PYTHON, _GPUS, _PORT), flags.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    'GPUDOCK_GPUS=none <%= config.bin %> <%= command.id %> ~/thesis --base bootstrap --json',
  ];
  static override args = {dir: Args.string({description: 'the project folder', default: '.'})};
  static override flags = {gpus: imageFlags.gpus, base: imageFlags.base};

  async run(): Promise<Config> {
    const {args, flags} = await this.parse(ConfigCommand);
    const {gpus, base} = flags;
    const config = await readConfig(this.world, args.dir, {
      ...(gpus === undefined ? {} : {gpus}),
      ...(base === undefined ? {} : {base}),
    });
    for (const {name, meant} of config.unknownVariables)
      this.say(`${name} counts for nothing${meant === null ? '' : `: did you mean ${meant}?`}`);
    if (this.jsonEnabled()) return config;
    const rows = config.settings.map(({key, value, origin}) => [key, shown(value), origin ?? 'nobody: automatic']);
    this.print(table([['SETTING', 'VALUE', 'FROM'], ...rows], this.look.columns));
    return config;
  }
}

function shown(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object'
    ? Object.entries(value)
        .map(pair => pair.join('='))
        .join(' ')
    : String(value);
}
