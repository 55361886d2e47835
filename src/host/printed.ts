import type {SourceReading} from './reading.js';
import {parseCdiList, parseContainerCli, parseCtkVersion} from './sources/container-toolkit.js';
import {parseNvcc} from './sources/cuda-toolkit.js';
import {parseDmesg} from './sources/dmesg.js';
import {parseDockerInfo, parseDockerVersion} from './sources/engine-text.js';
import {parseLspci} from './sources/lspci.js';
import {parseSmiApps, parseSmiCsv} from './sources/smi-csv.js';
import {parseBareRows, parseSmiErrors} from './sources/smi-errors.js';
import {parseSmiList} from './sources/smi-list.js';
import {parseSmiQ} from './sources/smi-q.js';
import {parseSmiTable} from './sources/smi-table.js';
import {parseSmiVersion} from './sources/smi-version.js';
import {parseSmiXml} from './sources/smi-xml.js';

type Parser = (text: string, exit: number) => SourceReading | Promise<SourceReading>;

/** What programs print, and who reads it: loaded once one of them is there. Many machines have none. */
export const PRINTED = {
  smiXml: smi(parseSmiXml),
  smiQ: smi(parseSmiQ),
  smiCsv: smi(parseSmiCsv),
  smiTable: smi(parseTable),
  smiList: smi(parseSmiList),
  smiVersion: smi(parseSmiVersion),
  smiApps: smi(parseSmiApps),
  containerCli: parseContainerCli,
  ctkVersion: parseCtkVersion,
  cdiList: parseCdiList,
  dmesg: parseDmesg,
  lspci: parseLspci,
  nvcc,
  dockerInfo: parseDockerInfo,
  dockerVersion: parseDockerVersion,
} satisfies Record<string, Parser>;
export type Printed = keyof typeof PRINTED;

/** Whatever form of report nvidia-smi was asked for, it may print an error instead, or besides. */
function smi(parse: Parser): Parser {
  return async (text, exit) => {
    const report = await parse(text, exit);
    const errors = parseSmiErrors(text, exit, Object.keys(report).length > 0);
    const gpus = [...(report.gpus ?? []), ...missingFrom(report.gpus, errors.gpus)];
    return {
      ...report,
      gpus: gpus.length > 0 ? gpus : (report.gpus ?? errors.gpus ?? null),
      troubles: [...(errors.troubles ?? []), ...emptyOutput(text, report, errors)],
    };
  };
}

function missingFrom(known: SourceReading['gpus'], more: SourceReading['gpus']): NonNullable<SourceReading['gpus']> {
  return (more ?? []).filter(gpu => !known?.some(one => one.busId === gpu.busId));
}

function parseTable(text: string): SourceReading {
  const table = parseSmiTable(text);
  if (Object.keys(table).length > 0) return table;
  const rows = parseBareRows(text);
  return rows.length > 0 ? {gpus: rows} : {};
}

/** Nothing but blank lines and a date: a log that was meant to hold a report. */
function emptyOutput(text: string, report: SourceReading, errors: SourceReading): SourceReading['troubles'] & object {
  if (Object.keys(report).length > 0 || (errors.troubles?.length ?? 0) > 0 || text.length > 400) return [];
  const lines = text.split('\n').filter(line => line.trim() !== '' && Number.isNaN(Date.parse(line.trim())));
  return lines.length === 0 ? [{id: 'empty_output', detail: 'nvidia-smi printed no report'}] : [];
}

function nvcc(text: string, exit: number): SourceReading {
  const version = parseNvcc(text);
  if (version.cudaToolkit) return version;
  const missing = parseSmiErrors(text, exit, false).troubles?.find(trouble => trouble.id === 'command_not_found');
  return missing ? {troubles: [{...missing, id: 'command_not_found'}]} : {};
}
