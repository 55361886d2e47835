// oclif loads it when a command does not exist; as a plugin of its own it would be read at every start.
export {default} from '@oclif/plugin-not-found';
