import type {SourceReading} from '../reading.js';
import {cellVersion, linesOf} from '../text.js';

/** `nvidia-smi --version`: `DRIVER version : 595.71.05`, and `KMD version` from R610. */
export function parseSmiVersion(text: string): SourceReading {
  const driver: {version: string | null; cudaVersion: string | null} = {version: null, cudaVersion: null};
  for (const line of linesOf(text)) {
    const [, key = '', value] = /^\s*([A-Za-z][\w -]{0,40}?)\s*:\s*(\S.*)$/.exec(line) ?? [];
    if (/^(?:driver|kmd) version$/i.test(key)) driver.version = cellVersion(value) ?? driver.version;
    if (/^cuda (?:umd )?version$/i.test(key)) driver.cudaVersion = cellVersion(value) ?? driver.cudaVersion;
  }
  return driver.version === null && driver.cudaVersion === null ? {} : {driver};
}
