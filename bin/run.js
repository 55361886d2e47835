#!/usr/bin/env node
// The version needs no framework: scripts ask for it often.
if (process.argv.length === 3 && process.argv[2] === '--version') {
  const {readFileSync} = await import('node:fs');
  const {name, version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  // Node 22 and later keep compiled code from run to run.
  const {enableCompileCache} = await import('node:module');
  enableCompileCache?.();
  const {main} = await import('../dist/main.js');
  await main(import.meta.url);
}
