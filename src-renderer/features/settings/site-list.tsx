import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { parseDomain, type Site, siteSchema } from '#shared/site/site.schema.ts';
import { Section } from './section.tsx';
import classes from './sites.module.css';

const columns: readonly ListColumn[] = [{ head: 'Site' }, { head: 'Domains' }, { head: 'Consent', width: 110 }];

/** The web sites whose pages send what their visitors do. */
export function SiteList() {
  const found = useLive((from) => from.documents('site'), [], ['documents:site']);
  const sites = typedDocs(siteSchema, found.value ?? []).sort((a, b) => a.body.name.localeCompare(b.body.name));
  const byTag = useTagFilter(sites, ({ body }) => body);
  if (found.error !== null && found.value === undefined) {
    return <ErrorState title="The sites could not be read" error={found.error} retry={found.reload} />;
  }
  if (found.value === undefined) return null;
  return (
    <Section
      title="Sites"
      text="A short script on the pages of a shop tells what visitors look at, put into their cart and buy. Before they sign in nobody knows who they are; when they do, what they did before becomes theirs."
    >
      <Allowed right="edit">
        <NewSite />
      </Allowed>
      {sites.length === 0 ? (
        <p className={classes.dim}>No sites yet. Add the domain of your shop to get its script.</p>
      ) : (
        <>
          {byTag.control ? <div className={classes.filter}>{byTag.control}</div> : null}
          <ListTable label="Sites" columns={columns}>
            {byTag.shown.map(({ id, body }) => (
              <tr key={id}>
                <NameCell href={`/settings/sites/${id}`} name={body.name} tags={body.tags} />
                <td className={list.dim} title={body.domains.join(', ')}>
                  {body.domains.join(', ') || 'None: nothing is taken'}
                </td>
                <td className={list.dim}>{body.consent === 'required' ? 'Asked for' : 'Not asked for'}</td>
              </tr>
            ))}
          </ListTable>
        </>
      )}
    </Section>
  );
}

function NewSite() {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const add = async () => {
    const domain = parseDomain(text);
    if (domain === null) return setProblem('Give the address of a site, such as shop.example.com');
    const site: Site = { name: domain, domains: [domain], consent: 'none', ignoredAddresses: [], createdAt: clock() };
    try {
      navigate(`/settings/sites/${await data.saveDocument('site', null, site)}`);
    } catch (error) {
      notifyError('The site was not added', error);
    }
  };
  return (
    <form
      className={classes.row}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextInput
        className={classes.grow}
        label="Address of the site"
        placeholder="shop.example.com"
        maxLength={300}
        value={text}
        error={problem}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setProblem(null);
        }}
      />
      <Button type="submit" disabled={text.trim() === ''}>
        Add site
      </Button>
    </form>
  );
}
