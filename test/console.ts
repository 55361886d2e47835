// jest frames what goes through its own console; a command's captured output must stay as it was written.
import console from 'node:console';

globalThis.console = console as unknown as Console;
