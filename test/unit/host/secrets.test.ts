import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {jsonWithoutSecrets, withoutSecrets} from '../../../src/host/secrets.js';

const SECRET = '1650124014249';

describe("what is nobody else's business leaves a capture", () => {
  test.each([
    ['the -q report', `    Serial Number                         : ${SECRET}`],
    ['the XML report', `<serial>${SECRET}</serial><chassis_serial_number>${SECRET}</chassis_serial_number>`],
    ["the kernel's log", `[Sun Feb 23 16:24:18 2025] NVRM: GPU Board Serial Number: ${SECRET}`],
    ['the journal', `Feb 23 16:24:18 host kernel: NVRM: GPU Board Serial Number: ${SECRET}`],
    ['the list of an old board', `GPU 0: Tesla C2050 (S/N: ${SECRET})`],
    ['a proxy', `HTTP Proxy: http://ada:${SECRET}@proxy.example.com:3128`],
    ['a setting', `Labels:\n registry_token=${SECRET}\n`],
  ])('%s', (_, text) => {
    expect(withoutSecrets(text)).not.toContain(SECRET);
  });

  test('JSON: by key, and in strings', () => {
    const body = {
      ID: SECRET,
      Labels: [`API_KEY=${SECRET}`, 'rack=7'],
      HttpProxy: `http://u:${SECRET}@h`,
      Token: SECRET,
    };
    const left = JSON.stringify(jsonWithoutSecrets(body));
    expect(left).not.toContain(SECRET);
    expect(left).toContain('rack=7');
  });

  test('what the probe reads stays', () => {
    const text = 'Driver Version : 580.95.05\nGPU UUID : GPU-1\nSerial ports: 2 on this board=ok\n| 0 NVIDIA L4 |';
    expect(withoutSecrets(text)).toContain('580.95.05\nGPU UUID : GPU-1\n');
  });

  test('any text', () => {
    fc.assert(fc.property(fc.string({maxLength: 500}), text => typeof withoutSecrets(text) === 'string'));
  });
});
