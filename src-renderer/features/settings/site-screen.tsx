import { Button, Radio, TagsInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed, EditableBy, ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { typedDoc } from '#renderer/parts/typed-docs.ts';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { NameField } from '#renderer/ui/name-field.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { parseDomain, type Site, siteSchema } from '#shared/site/site.schema.ts';
import { Section } from './section.tsx';
import { SiteChecklist } from './site-checklist.tsx';
import { SiteSnippet } from './site-snippet.tsx';
import classes from './sites.module.css';

/** One site: its script, what has arrived from it, and whose visits are kept. */
export function SiteScreen({ id }: { id: string }) {
  const found = useLive((from) => from.document(id), [id], ['documents:site']);
  if (found.error !== null && found.value === undefined) {
    return <ErrorState title="The site could not be read" error={found.error} retry={found.reload} />;
  }
  if (found.value === undefined) return null;
  const doc = typedDoc(siteSchema, found.value);
  if (doc === null) {
    return (
      <EmptyState title="This site is not here">
        It was removed, or it has not arrived on this device yet. <Link href="/settings/sites">All sites</Link>
      </EmptyState>
    );
  }
  return <SiteForm key={id} doc={doc} />;
}

const problemOf = (site: Site): string | null => {
  const checked = siteSchema.safeParse(site);
  return checked.success ? null : (checked.error.issues[0]?.message ?? 'complete the site');
};

function SiteForm({ doc }: { doc: Doc<Site> }) {
  const { body, edit, saving, problem } = useAutosave<Site>(doc, {
    save: (next, base) => data.saveDocument('site', doc.id, next, base),
    problemOf,
  });
  return (
    <>
      <Link className={classes.back} href="/settings/sites">
        <IconArrowLeft size={15} stroke={1.5} aria-hidden /> All sites
      </Link>
      <Section
        title={body.name || 'Site'}
        text={<DocTags id={doc.id} kind="site" />}
        aside={
          <SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={saving ? problem : null} />
        }
      >
        <EditableBy right="edit">
          <div className={classes.fields}>
            <NameField value={body.name} missing="Name the site" onChange={(name) => edit({ name })} />
            <Domains domains={body.domains} onChange={(domains) => edit({ domains })} />
          </div>
        </EditableBy>
        <ReadOnlyNotice right="edit" />
      </Section>
      <SiteSnippet siteId={doc.id} asksConsent={body.consent === 'required'} />
      <SiteChecklist siteId={doc.id} />
      <Visitors site={body} edit={edit} />
      <Allowed right="edit">
        <RemoveSite id={doc.id} name={body.name} />
      </Allowed>
    </>
  );
}

function Domains({ domains, onChange }: { domains: readonly string[]; onChange: (domains: string[]) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <TagsInput
      label="Domains"
      description="Pages of these and of what lies below them may send. Press Enter after each."
      value={[...domains]}
      error={problem ?? (domains.length === 0 ? 'Without a domain nothing is taken' : null)}
      onChange={(given) => {
        const parsed = given.map((text) => ({ text, domain: parseDomain(text) }));
        const wrong = parsed.find(({ domain }) => domain === null);
        setProblem(wrong ? `“${wrong.text}” is no domain; write it like shop.example.com` : null);
        onChange([...new Set(parsed.flatMap(({ domain }) => domain ?? []))]);
      }}
    />
  );
}

function Visitors({ site, edit }: { site: Site; edit: (change: Partial<Site>) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <Section title="Whose visits are kept" text="Bots are never kept. A change reaches every page within five minutes.">
      <EditableBy right="edit">
        <div className={classes.fields}>
          <Radio.Group
            label="Consent"
            value={site.consent}
            onChange={(next) => edit({ consent: next === 'required' ? 'required' : 'none' })}
          >
            <div className={classes.choices}>
              <Radio
                value="none"
                label="Visitors are followed until they say no"
                description="Browsers that send Global Privacy Control are asked all the same."
              />
              <Radio
                value="required"
                label="Only visitors who agreed are followed"
                description="Until then nothing is stored in the browser and nothing is sent."
              />
            </div>
          </Radio.Group>
          <TagsInput
            label="Addresses of your staff"
            description="Visits from these are not kept: 192.0.2.7, or a network such as 192.0.2.0/24."
            value={[...site.ignoredAddresses]}
            error={problem}
            onChange={(given) => {
              const list = siteSchema.shape.ignoredAddresses.safeParse(given);
              setProblem(list.success ? null : (list.error.issues[0]?.message ?? 'This is no address'));
              if (list.success) edit({ ignoredAddresses: list.data });
            }}
          />
          <p className={classes.dim}>
            A single browser is left out after it opened any page with <code>?es_staff=1</code> at the end of its
            address, until it opens one with <code>?es_staff=0</code>.
          </p>
        </div>
      </EditableBy>
    </Section>
  );
}

function RemoveSite({ id, name }: { id: string; name: string }) {
  const [, navigate] = useLocation();
  const remove = async () => {
    const yes = await confirm({
      title: `Remove “${name}”?`,
      consequence: 'Its script stops working and nothing more is taken from its pages. What has arrived stays.',
      action: 'Remove site',
      danger: true,
    });
    if (!yes) return;
    try {
      await data.removeDocument(id);
      navigate('/settings/sites');
    } catch (error) {
      notifyError('The site was not removed', error);
    }
  };
  return (
    <Section title="Remove this site" text="For a shop that is closed or moved to another site.">
      <Button variant="default" color="red" onClick={() => void remove()}>
        Remove site
      </Button>
    </Section>
  );
}
