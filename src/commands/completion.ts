import * as Args from '@oclif/core/args';
import {GpudockCommand} from '../command.js';
import {SCRIPTS, SHELLS, type Shell} from '../completion/scripts.js';
import type {Completion} from '../contract/project.js';

export default class CompletionCommand extends GpudockCommand {
  static override summary = 'make Tab complete commands, flags, containers, images, GPUs';
  static override description =
    'bash: source <(gpudock completion bash) in ~/.bashrc. zsh: the same in ~/.zshrc, after compinit. fish: gpudock completion fish > ~/.config/fish/completions/gpudock.fish';
  static override examples = [
    'source <(<%= config.bin %> <%= command.id %> bash)',
    '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/gpudock.fish',
  ];
  static override args = {
    shell: Args.custom<Shell>({options: [...SHELLS], description: 'the shell'})({required: true}),
  };

  async run(): Promise<Completion> {
    const {args} = await this.parse(CompletionCommand);
    const script = SCRIPTS[args.shell];
    if (!this.jsonEnabled()) process.stdout.write(script);
    return {schema: 'gpudock/completion/1', shell: args.shell, script};
  }
}
