import {EXIT, Failure} from './failure.js';
import {nearest} from './nearest.js';

/** oclif's complaint about a command line, as a failure with a way out; null: the error is another one. */
export function usageFailure(error: Error, id: string, flags: readonly string[]): Failure | null {
  if (!('parse' in error) && !isUsage(error)) return null;
  const help = `gpudock ${id.replaceAll(':', ' ')} --help`;
  const [unknown] = 'flags' in error && Array.isArray(error.flags) ? error.flags : [];
  if (typeof unknown === 'string') {
    const meant = nearest(unknown.replace(/^-+/, ''), flags);
    return new Failure({
      code: 'flag_unknown',
      message: `gpudock ${id.replaceAll(':', ' ')} has no flag ${unknown}`,
      fix: meant === null ? help : `did you mean --${meant}? ${help}`,
      exit: EXIT.usage,
    });
  }
  const [first = '', second = ''] = error.message.split('\n');
  // What is said of a flag's value begins with the flag, on a line that ends with a space.
  const begun = /^(.*?):? ?$/.exec(first)?.[1] ?? first;
  const told = /[: ]$/.test(first) ? `${begun}: ${second.trim().replace(/\s+/g, ' ')}` : first;
  return new Failure({code: 'usage_invalid', message: told, fix: help, exit: EXIT.usage});
}

/** oclif throws some of its complaints without the parser's state, and with the exit code of wrong usage alone. */
const isUsage = (error: Error & {oclif?: {exit?: number}}): boolean => error.oclif?.exit === EXIT.usage;

/** A command that does not exist, with the one that was meant. */
export function unknownCommand(id: string, ids: readonly string[]): Failure {
  const typed = id.replaceAll(':', ' ');
  const meant = nearest(
    typed,
    ids.map(name => name.replaceAll(':', ' ')),
  );
  return new Failure({
    code: 'command_unknown',
    message: `gpudock has no command ${typed}`,
    fix: meant === null ? 'gpudock --help' : `did you mean gpudock ${meant}? gpudock --help lists all`,
    exit: EXIT.usage,
  });
}
