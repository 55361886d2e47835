import {outcomesOf, type Rule} from '../outcome.js';

const {skip} = outcomesOf('space');

/** Is there room where the engine stores images? Not asked before the size is read from the registry. */
export const space: Rule = () => [skip('the size of the image was not read')];
