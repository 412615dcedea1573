import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { type SiteStep, siteSteps } from '#shared/site/site-steps.ts';
import { Section } from './section.tsx';
import classes from './sites.module.css';

/** A person who looks at the list waits for it to turn green. */
const LOOK_EVERY_MS = 2_000;

const words: Record<SiteStep, { name: string; how: string }> = {
  pageView: { name: 'Page views', how: 'Open any page of the site: this comes by itself.' },
  productView: {
    name: 'Product views',
    how: "eS('sendEvent', 'ProductPage', {productKey: 'SKU-1', price: 12.5, isInStock: 1})",
  },
  cart: {
    name: 'Cart',
    how: "eS('sendEvent', 'StatusCart', {GUID: 'cart-1', Products: [{productKey: 'SKU-1', price: 12.5, quantity: 1}]})",
  },
  customer: {
    name: 'Customer',
    how: "eS('sendEvent', 'CustomerData', {externalCustomerId: '42', user_email: 'ann@example.com'})",
  },
  purchase: {
    name: 'Purchase',
    how: "eS('sendEvent', 'PurchasedItems', {OrderNumber: '1001', Products: [{productKey: 'SKU-1', price: 12.5, quantity: 1}]})",
  },
};

/** The second step of a set-up: each thing turns green when it has arrived. */
export function SiteChecklist({ siteId }: { siteId: string }) {
  const online = useOnline();
  const seen = useLive((from) => from.actions.siteSeen(siteId), [siteId, online], ['status']);
  const now = useNow();
  const { reload } = seen;
  useEffect(() => {
    if (!online) return;
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, LOOK_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [online, reload]);
  const done = siteSteps.filter((step) => typeof seen.value?.[step] === 'number').length;
  return (
    <Section
      title="2. See events arrive"
      text="Visit your shop, put something into the cart and buy it. Each line turns green when it has arrived here."
      aside={
        seen.value === undefined ? null : (
          <span className={classes.dim}>
            {`${done} of ${siteSteps.length} seen`}
            {online ? null : ' when the server was last there'}
          </span>
        )
      }
    >
      {seen.value === undefined && seen.error !== null ? (
        <ErrorState inline title="What has arrived is not known" error={seen.error} retry={reload} />
      ) : (
        <ul className={classes.steps} aria-label="Events of this site">
          {siteSteps.map((step) => {
            const at = seen.value?.[step] ?? null;
            return (
              <li key={step} className={classes.step} data-done={at !== null || undefined}>
                {at === null ? (
                  <IconCircleDashed className={classes.mark} size={18} stroke={1.5} aria-hidden />
                ) : (
                  <IconCircleCheckFilled className={classes.mark} size={18} aria-hidden />
                )}
                <span className={classes.stepName}>{words[step].name}</span>
                {at === null ? (
                  <span className={classes.how}>
                    <span className={classes.dim}>Not seen yet</span>
                    {step === 'pageView' ? (
                      <span className={classes.dim}>{words[step].how}</span>
                    ) : (
                      <code className={classes.call}>{words[step].how}</code>
                    )}
                  </span>
                ) : (
                  <span className={classes.how}>
                    <span>
                      Last seen <Ago at={at} now={now} />
                    </span>
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
