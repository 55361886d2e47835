import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {BuildBench} from './build.js';

/**
 * A mirror of a Python index and of Debian on this machine, which sends on to where the lab's images would go by themselves.
 * What cannot be reached from here it holds itself: stand-ins for PyTorch's index and for a channel of conda.
 */
export interface Mirror {
  /** As containers of the lab reach it. */
  url: string;
  /** Paths that were asked for. */
  asked: Set<string>;
  /** What it holds itself, by path. */
  own: Map<string, string | Buffer>;
  end(): Promise<void>;
}

const PROGRAM = [
  'from pip._internal.models.index import PyPI',
  'import re, glob',
  'text = "".join(open(f).read() for f in glob.glob("/etc/apt/sources.list*") + glob.glob("/etc/apt/sources.list.d/*") if re.search(r"list$|sources$", f))',
  'print(PyPI.simple_url, re.search(r"(https?://[^/ ]+)/debian", text)[1])',
].join('\n');

export async function startMirror(bench: BuildBench, index: string | null): Promise<Mirror> {
  const [pypi = '', debian = ''] = (await bench.output('python:3.12-slim', ['python3', '-c', PROGRAM]))
    .trim()
    .split(' ');
  const asked = new Set<string>();
  const own: Mirror['own'] = new Map();
  const server = createServer(({url = '/'}, response) => {
    asked.add(url);
    const held = own.get(url);
    if (held !== undefined) return void response.writeHead(200, {'content-type': 'text/html'}).end(held);
    if (/^\/(?:whl|conda)\//.test(url)) return void response.writeHead(404).end();
    const location = url.startsWith('/simple/') ? `${index ?? pypi}${url.slice('/simple'.length)}` : `${debian}${url}`;
    response.writeHead(302, {location}).end();
  });
  await new Promise<void>(listening => server.listen(0, '0.0.0.0', listening));
  const {port} = server.address() as AddressInfo;
  return {url: `http://${await gatewayOf(bench)}:${port}`, asked, own, end: () => closed(server)};
}

const closed = (server: Server): Promise<void> =>
  new Promise(done => {
    server.closeAllConnections();
    server.close(() => done());
  });

/** This machine's address as containers of the lab see it. */
export async function gatewayOf({engine}: BuildBench): Promise<string> {
  const {IPAM} = await engine.docker.getNetwork('bridge').inspect();
  return IPAM?.Config?.[0]?.Gateway ?? '';
}
