import type {SourceReading} from '../reading.js';
import {cellVersion, linesOf} from '../text.js';

/** `nvcc --version`. */
export function parseNvcc(text: string): SourceReading {
  for (const line of linesOf(text)) {
    const version = /\bCuda compilation tools, release (\d{1,3}\.\d{1,3})/i.exec(line)?.[1];
    if (version) return {cudaToolkit: {version}};
  }
  return {};
}

/**
 * `/usr/local/cuda/version.json`, also one that was cut: the `cuda` object comes first. Its `nvidia_driver` is the
 * driver shipped with the toolkit, not the one that runs.
 */
export function parseCudaJson(text: string): SourceReading {
  const object = /"cuda"\s{0,8}:\s{0,8}\{([^}]{0,400})\}/.exec(text.slice(0, 100_000))?.[1] ?? '';
  const version = cellVersion(/"version"\s{0,8}:\s{0,8}"([^"]{1,40})"/.exec(object)?.[1]);
  return version ? {cudaToolkit: {version}} : {};
}

/** `/usr/local/cuda/version.txt`, up to CUDA 11.0: "CUDA Version 10.2.89". */
export function parseCudaText(text: string): SourceReading {
  const version = cellVersion(/\bCUDA Version\s+(\S{1,40})/.exec(text.slice(0, 1_000))?.[1]);
  return version ? {cudaToolkit: {version}} : {};
}
