import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectEncoding, type FileEncoding, fileEncodings } from './encodings.ts';

const decode = (bytes: Uint8Array, encoding: FileEncoding): string => new TextDecoder(encoding).decode(bytes);

/** The bytes of a text: the platform decodes every encoding, so its tables can be turned round. */
function encode(text: string, encoding: FileEncoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text);
  if (encoding.startsWith('utf-16')) {
    const bytes = new Uint8Array(text.length * 2);
    for (let at = 0; at < text.length; at++) {
      new DataView(bytes.buffer).setUint16(at * 2, text.charCodeAt(at), encoding === 'utf-16le');
    }
    return bytes;
  }
  const all = new Uint8Array(256).map((_, at) => at);
  const table = new Map([...decode(all, encoding)].map((char, at) => [char, at]));
  return Uint8Array.from([...text], (char) => table.get(char) ?? 0x3f);
}

const people = fc.record({
  first: fc.constantFrom('Олена', 'Іван', 'Ганна', 'Богдан', 'Юлія', 'Сергій', 'Тетяна', 'Євген', 'Наталія', 'Артём'),
  last: fc.constantFrom('Шевченко', 'Коваленко', 'Бондаренко', 'Ткачук', 'Щербина', 'Цимбалюк', 'Яковенко', 'Їжак'),
  town: fc.constantFrom('Київ', 'Львів', 'Одеса', 'Харків', 'Чернівці', 'Ялта', 'Хмельницький'),
  figure: fc.integer({ min: 1, max: 9999 }),
});
const file = fc
  .array(people, { minLength: 4, maxLength: 40 })
  .map((rows) =>
    [
      'Ім’я;Прізвище;Місто;E-mail;Сума',
      ...rows.map((row) => `${row.first};${row.last};${row.town};p${row.figure}@shop.ua;${row.figure},50`),
    ]
      .join('\r\n')
      .replaceAll('’', "'"),
  );

test.each(fileEncodings.filter((encoding) => encoding !== 'windows-1252'))(
  'Ukrainian tables in %s are known',
  (encoding) => {
    fc.assert(
      fc.property(file, (text) => {
        expect(detectEncoding(encode(text, encoding), decode)).toBe(encoding);
      }),
    );
  },
);

test.each(['windows-1251', 'koi8-u', 'x-mac-cyrillic'] as const)(
  'a few words in capitals in %s are known',
  (encoding) => {
    for (const text of ['ПРІЗВИЩЕ;МІСТО\nКОВАЛЕНКО;КИЇВ\nБОНДАРЕНКО;ОДЕСА', 'імя,місто\nАнна,Полтава\nМарія,Суми']) {
      expect(detectEncoding(encode(text, encoding), decode)).toBe(encoding);
    }
  },
);

test('Western text of eight bits is told from Cyrillic', () => {
  for (const text of [
    'Prénom;Nom;Téléphone\nGaël;Lefèvre;06\nÉlodie;Garçon;07',
    'Straße;Größe\nKönigstraße 5;groß\nMüllerweg;übergroß',
    'nombre,año\nJosé,1990\nBegoña,1985',
  ]) {
    expect(detectEncoding(encode(text, 'windows-1252'), decode)).toBe('windows-1252');
  }
});

test('marks tell, and a sample that ends in the midst of a letter is no mistake', () => {
  expect(detectEncoding(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), decode)).toBe('utf-8');
  expect(detectEncoding(Uint8Array.of(0xff, 0xfe, 0x10, 0x04), decode)).toBe('utf-16le');
  expect(detectEncoding(Uint8Array.of(0xfe, 0xff, 0x04, 0x10), decode)).toBe('utf-16be');
  expect(detectEncoding(encode('Привіт, світе 👍', 'utf-8').subarray(0, -2), decode)).toBe('utf-8');
  expect(detectEncoding(encode('plain,ascii\n1,2', 'utf-8'), decode)).toBe('utf-8');
  expect(detectEncoding(new Uint8Array(0), decode)).toBe('utf-8');
});

test('whatever the bytes are, some encoding is answered', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(fileEncodings).toContain(detectEncoding(bytes, decode));
    }),
  );
});
