import {createServer} from 'node:net';

/** Whether nobody listens on a port of this machine, on IPv4 or IPv6. */
export async function isPortFree(port: number): Promise<boolean> {
  const addresses = ['127.0.0.1', '::1', '0.0.0.0'];
  for (const host of addresses) if (!(await canListen(port, host))) return false;
  return true;
}

/** A port of this machine that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({port: 0, host: '127.0.0.1'}, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    // A machine without IPv6 has nobody listening there.
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({port, host, exclusive: true}, () => server.close(() => resolve(true)));
  });
}
