import { app, dialog } from 'electron';
import type { LogFile } from './log-file.ts';
import { redact } from './redact.ts';
import type { UpdateNews, UpdateQuestion, Updater } from './updates.ts';

const questions: Record<UpdateQuestion, { message: (version: string) => string; detail: string; yes: string }> = {
  download: {
    message: (version) => `Muster ${version} is available`,
    detail: 'It is downloaded in the background. Nothing is installed without asking you again.',
    yes: 'Download',
  },
  install: {
    message: (version) => `Muster ${version} is ready to install`,
    detail: 'Muster closes, installs it and opens again. What you entered stays on this computer.',
    yes: 'Install and restart',
  },
};

export async function askAboutUpdate(question: UpdateQuestion, version: string): Promise<boolean> {
  const { message, detail, yes } = questions[question];
  const { response } = await dialog.showMessageBox({
    type: 'info',
    message: message(version),
    detail,
    buttons: [yes, 'Not now'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}

export function tellAboutUpdate(news: UpdateNews): void {
  const message =
    news === 'none' ? `Muster ${app.getVersion()} is the newest version` : 'The newest version could not be asked for';
  const detail = news === 'none' ? '' : 'The log says why. Try again when you are online.';
  void dialog.showMessageBox({ type: 'info', message, detail, buttons: ['Close'] });
}

/** electron-updater, pointed at the feed; null = the one this app was built with. Loaded only where there is a feed. */
export async function loadUpdater(feed: string | null, log: LogFile): Promise<Updater> {
  const { autoUpdater } = (await import('electron-updater')).default;
  const write = (level: 'warn' | 'error') => (words: unknown) =>
    log.write(level, 'updater', { words: redact(String(words)) });
  autoUpdater.logger = { info: () => undefined, warn: write('warn'), error: write('error') };
  if (feed !== null) autoUpdater.setFeedURL({ provider: 'generic', url: feed });
  return autoUpdater;
}
