/** The envelope of Yespo's web tracking: GeneralInfo, and a block named like the event. */
import { z } from 'zod';

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((given) => given?.trim() || undefined);

export const webEvent = z.looseObject({
  GeneralInfo: z.object(
    {
      eventName: z.string('eventName is required').trim().min(1, 'eventName is required').max(200),
      siteId: z.union([z.string(), z.number().transform(String)], 'siteId is required'),
      /** Epoch ms by the visitor's clock. */
      datetime: z.coerce.number().nullish(),
      externalCustomerId: text,
      user_phone: text,
      user_email: text,
      user_name: text,
      user_es_contact_id: text,
      cookies: z.looseObject({ sc: text }).nullish(),
      /** Our own script's; an event is kept once. */
      messageId: z.string().max(200).nullish(),
    },
    'GeneralInfo is required',
  ),
});
export type WebEvent = z.infer<typeof webEvent>;
