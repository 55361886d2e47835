import type {SourceReading} from '../reading.js';

/** `/etc/nv_tegra_release`: a Jetson, whose driver comes with its board support package. */
export const parseTegraRelease = (text: string): SourceReading =>
  /^# R\d{1,3} /.test(text.trimStart()) ? {driver: {flavor: 'tegra'}} : {};
