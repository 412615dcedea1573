import { z } from 'zod';
import { tagsSchema } from '#shared/contact/tag.schema.ts';

/** A host name as it stands in an address: lower case, without scheme, port or path. */
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63})$/,
    'Give a host name, such as shop.example.com',
  )
  .max(253);

/** An IPv4 or IPv6 address, or a network such as 192.0.2.0/24. */
const network = z
  .string()
  .trim()
  .max(50)
  .refine((text) => isNetwork(text), 'Give an address such as 192.0.2.7, or a network such as 192.0.2.0/24');

/** Body of a document of kind `site`: a web site whose pages carry the script. Its id names the script. */
export const siteSchema = z.object({
  name: z.string().trim().min(1, 'Name the site').max(120),
  /** Pages of these hosts and what lies below them may send; none = nobody may. */
  domains: z.array(domain).max(50, 'At most 50 domains'),
  /** required: nothing is stored in the browser or sent before the page says that the visitor agreed. */
  consent: z.enum(['none', 'required']),
  /** Visits from here are the staff's and are not kept. */
  ignoredAddresses: z.array(network).max(50, 'At most 50 addresses'),
  createdAt: z.number(),
  tags: tagsSchema,
});
export type Site = z.infer<typeof siteSchema>;
export const SITE_VERSION = 1;

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0) return false;
  const isV4 = z.ipv4().safeParse(address).success;
  if (!isV4 && !z.ipv6().safeParse(address).success) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isV4 ? 32 : 128));
}

/** The host that somebody means who gives an address or a host name; null when it is none. */
export function parseDomain(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#:].*$/, '');
  const parsed = domain.safeParse(bare);
  return parsed.success ? parsed.data : null;
}

/** Whether pages of a host may send for the site. */
export function allowsHost({ domains }: Pick<Site, 'domains'>, host: string): boolean {
  const asked = host.toLowerCase();
  return domains.some((one) => asked === one || asked.endsWith(`.${one}`));
}

/** What a shop pastes into its pages, as close to the end of the body as it can. */
export function siteSnippet(serverUrl: string, siteId: string): string {
  const address = `${serverUrl.replace(/\/$/, '')}/site/${siteId}.js`;
  return `<script>
!function(w,d,u){w.eS=w.eS||function(){(w.eS.q=w.eS.q||[]).push(arguments)};
var s=d.createElement('script');s.async=1;s.src=u;d.head.appendChild(s)}(window,document,'${address}');
eS('init',{TRACKING:true,RECOMS:true});
</script>
`;
}
