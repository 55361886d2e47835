import type {Hook} from '@oclif/core/interfaces';
import {unknownCommand} from './usage.js';

/** oclif loads it when a command does not exist. */
const commandNotFound: Hook.CommandNotFound = async ({id, config}) => {
  throw unknownCommand(id, config.commandIDs);
};
export default commandNotFound;
