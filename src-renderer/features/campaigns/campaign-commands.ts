import { data } from '#renderer/data/client.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { clock } from '#renderer/ui/use-now.ts';

type Go = (address: string) => void;

/** Stores an empty campaign and opens it; the only message or segment there is, is chosen already. */
export async function createCampaign(go: Go): Promise<void> {
  try {
    const [messages, segments] = await Promise.all([data.documents('message'), data.documents('segment')]);
    const only = (docs: { id: string }[]) => (docs.length === 1 ? (docs[0]?.id ?? null) : null);
    const id = await data.saveDocument('campaign', null, {
      name: 'New campaign',
      messageId: only(messages),
      segmentId: only(segments),
      scheduledAt: null,
      createdAt: clock(),
    });
    go(`/campaigns/${id}`);
  } catch (error) {
    notifyError('The campaign was not made', error);
  }
}

export async function removeCampaign(id: string, name: string, go: Go): Promise<void> {
  const yes = await confirm({
    title: `Delete “${name}”?`,
    consequence: 'It was never sent, so nobody is concerned. Its message and segment stay.',
    action: 'Delete campaign',
    danger: true,
  });
  if (!yes) return;
  try {
    go('/campaigns');
    await data.removeDocument(id);
    notifyDone(`“${name}” was deleted.`);
  } catch (error) {
    notifyError('The campaign was not deleted', error);
  }
}
