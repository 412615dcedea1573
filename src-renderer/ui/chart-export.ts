import type { ChartColors } from './chart-colors.ts';

/** Hands a file to the browser's (or the desktop's) own download. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken its own reference by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** The picture with its title above it, so that it explains itself in somebody's slides. */
export function savePicture(
  name: string,
  picture: HTMLCanvasElement,
  title: string,
  subtitle: string,
  colors: ChartColors,
): void {
  const scale = 2;
  const margin = 16 * scale;
  const head = 56 * scale;
  const sheet = document.createElement('canvas');
  sheet.width = picture.width + margin * 2;
  sheet.height = picture.height + head + margin;
  const pen = sheet.getContext('2d');
  if (!pen) return;
  pen.fillStyle = colors.ground;
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.textBaseline = 'top';
  pen.fillStyle = colors.text;
  pen.font = `600 ${14 * scale}px system-ui, sans-serif`;
  pen.fillText(title, margin, 14 * scale, sheet.width - margin * 2);
  pen.fillStyle = colors.faintText;
  pen.font = `${11 * scale}px system-ui, sans-serif`;
  pen.fillText(subtitle, margin, 34 * scale, sheet.width - margin * 2);
  pen.drawImage(picture, margin, head);
  sheet.toBlob((blob) => {
    if (blob) saveFile(name, blob);
  }, 'image/png');
}
