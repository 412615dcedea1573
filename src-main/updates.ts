import type { AppUpdater } from 'electron-updater';
import type { LogFile } from './log-file.ts';
import { describeForLog } from './redact.ts';

export type UpdateQuestion = 'download' | 'install';
export type UpdateNews = 'none' | 'failed';

/** What is used of electron-updater. */
export type Updater = Pick<AppUpdater, 'checkForUpdates' | 'downloadUpdate' | 'quitAndInstall'> & {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
};

type Parts = {
  load: () => Promise<Updater>;
  ask: (question: UpdateQuestion, version: string) => Promise<boolean>;
  /** Only after somebody asked by hand. */
  tell: (news: UpdateNews) => void;
  /** What has to end before the app is replaced. */
  beforeInstall: () => Promise<void>;
  log: LogFile;
};

/** Where to look for newer versions: https anywhere, plain http on this machine only. Null: nowhere. */
export function updateFeed(url: string | undefined): string | null {
  if (!url || !URL.canParse(url)) return null;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return null;
  if (protocol === 'https:') return url;
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? url : null;
}

/** The feed an unpackaged app may be given. A packaged one only looks where it was built to look. */
export function namedFeed(packaged: boolean, ...named: (string | undefined)[]): string | null {
  return packaged ? null : updateFeed(named.find((url) => url !== undefined));
}

/**
 * Looks for a newer version and asks before every step: nothing is downloaded, and nothing installed, by itself. What
 * fails is in the log; the person hears of it only after asking by hand.
 */
export function createUpdates({ load, ask, tell, beforeInstall, log }: Parts) {
  let refused: string | null = null;
  let busy: Promise<void> | null = null;

  async function look(byHand: boolean): Promise<void> {
    const updater = await load();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    const found = await updater.checkForUpdates();
    if (!found?.isUpdateAvailable) {
      if (byHand) tell('none');
      return;
    }
    const { version } = found.updateInfo;
    log.write('info', 'newer version', { version });
    if (!byHand && version === refused) return;
    if (!(await ask('download', version))) {
      refused = version;
      return;
    }
    await updater.downloadUpdate();
    log.write('info', 'newer version downloaded', { version });
    if (!(await ask('install', version))) return;
    await beforeInstall();
    updater.quitAndInstall();
  }

  return {
    /** Checks once; a second call while one is under way waits for it. */
    async check(byHand: boolean): Promise<void> {
      busy ??= look(byHand)
        .catch((error: unknown) => {
          log.write('warn', 'update failed', describeForLog(error));
          if (byHand) tell('failed');
        })
        .finally(() => {
          busy = null;
        });
      await busy;
    },
  };
}
