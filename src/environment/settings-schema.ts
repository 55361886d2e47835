import * as z from 'zod';
import {Settings} from './settings.js';

/** JSON Schema of gpudock.yaml, for editors; made from what reads the file. */
export const settingsSchema = (): unknown => ({
  ...z.toJSONSchema(Settings, {io: 'input'}),
  title: 'gpudock.yaml',
  patternProperties: {'^x-': {}},
});
