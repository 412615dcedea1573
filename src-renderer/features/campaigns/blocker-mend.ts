/** Where what forbids a launch is mended. A code without a place (or of a newer server) still shows its words. */
export type BlockerMend = { label: string; href: string };

const mends: Record<string, (ids: { messageId: string | null; segmentId: string | null }) => BlockerMend | null> = {
  noSender: () => ({ label: 'Set the sender', href: '/settings' }),
  noSmtp: () => ({ label: 'Open the settings', href: '/settings' }),
  publicUrl: () => ({ label: 'Check the address', href: '/settings' }),
  stopped: () => ({ label: 'Resume sending', href: '/campaigns' }),
  compile: message,
  noSubject: message,
  emptySegment: segment,
  noRecipients: segment,
};

function message({ messageId }: { messageId: string | null }): BlockerMend | null {
  return messageId === null ? null : { label: 'Open the message', href: `/messages/${messageId}` };
}

function segment({ segmentId }: { segmentId: string | null }): BlockerMend | null {
  return segmentId === null ? null : { label: 'Open the segment', href: `/segments/${segmentId}` };
}

export function blockerMend(code: string, messageId: string | null, segmentId: string | null): BlockerMend | null {
  return mends[code]?.({ messageId, segmentId }) ?? null;
}
