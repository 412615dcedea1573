import { expect, test } from 'vitest';
import { deviceName } from './device-name.ts';

test('[DEV-1] a device has a name in words', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
  expect(deviceName(chrome, false)).toBe('Chrome on Windows');
  expect(deviceName(`${chrome} Edg/140.0`, false)).toBe('Edge on Windows');
  expect(deviceName('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605', true)).toBe(
    'Muster app on macOS',
  );
  expect(deviceName('', false)).toBe('A browser on an unknown system');
});
