import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll} from '@jest/globals';
import {type ImageReference, parseReference} from '../../../src/matrix/reference.js';
import {type ClientOptions, openClient, type RegistryClient} from '../../../src/registry/client.js';
import {NO_SETTINGS} from '../../../src/registry/endpoint.js';
import {liveWorld} from '../../../src/world/live.js';
import type {World} from '../../../src/world/world.js';

export interface Served {
  /** `127.0.0.1:port` */
  host: string;
  /** `METHOD path` of every request, in order. */
  asked: string[];
  /** Their `Authorization`, in the same order. */
  logins: (string | undefined)[];
  close(): Promise<void>;
}

/** A registry of the test's own making, on this machine. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Served> {
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    logins.push(request.headers.authorization);
    answer(request, response);
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const {port} = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    asked,
    logins,
    close: () =>
      new Promise(closed => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const homes: string[] = [];
afterAll(() => {
  for (const home of homes.splice(0)) rmSync(home, {recursive: true, force: true});
});

/** This machine with a home of its own, so that no log-in and no cache of the developer is used. */
export function world(env: Record<string, string> = {}): World {
  const home = mkdtempSync(join(tmpdir(), 'gpudock-registry-'));
  homes.push(home);
  const live = liveWorld(() => async () => ({status: 'not-found', detail: 'no engine'}));
  return {...live, env: {HOME: home, XDG_CACHE_HOME: join(home, 'cache'), ...env}};
}

/** The same machine, from which Docker Hub's API and registry lie at `host`. */
export const hubAt = (host: string, on: World): World => ({
  ...on,
  fetch: (url, init) =>
    on.fetch(url.replace(/^https:\/\/(?:hub|registry-1)\.docker\.(?:com|io)(?=\/)/, `http://${host}`), init),
});

export const client = (on: World, options: Partial<ClientOptions> = {}): RegistryClient =>
  openClient(on, {settings: NO_SETTINGS, ...options});

export function reference(text: string): ImageReference {
  const parsed = parseReference(text);
  if (parsed === null) throw new Error(`${text} is no reference`);
  return parsed;
}

export const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export interface Document {
  text: string;
  digest: string;
  type: string;
}
export function document(content: unknown, type: string): Document {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return {text, digest: digest(text), type};
}

export const OCI = 'application/vnd.oci.image';
const described = ({text, digest, type}: Document) => ({mediaType: type, digest, size: Buffer.byteLength(text)});

export const config = (env: string[], architecture = 'amd64'): Document =>
  document(
    {architecture, os: 'linux', config: {Env: env}, rootfs: {type: 'layers', diff_ids: ['sha256:a', 'sha256:b']}},
    `${OCI}.config.v1+json`,
  );
export const manifest = (own: Document, layers = [300, 200]): Document =>
  document(
    {
      schemaVersion: 2,
      config: described(own),
      layers: layers.map(size => ({mediaType: `${OCI}.layer.v1.tar+gzip`, digest: digest(`layer ${size}`), size})),
    },
    `${OCI}.manifest.v1+json`,
  );
export const index = (entries: [Document, object][]): Document =>
  document(
    {schemaVersion: 2, manifests: entries.map(([entry, platform]) => ({...described(entry), platform}))},
    `${OCI}.index.v1+json`,
  );

/** Answers as the specification wants: documents by digest, tags by name, HEAD without a body. */
export function holding(documents: readonly Document[], tags: Record<string, Document>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    const found = tags[name] ?? documents.find(({digest}) => digest === name);
    if (found === undefined) {
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      return;
    }
    response.writeHead(200, {'content-type': found.type, 'docker-content-digest': found.digest});
    response.end(request.method === 'HEAD' ? undefined : found.text);
  };
}
