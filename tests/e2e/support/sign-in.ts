import type { Browser, Page } from 'playwright-core';
import { ADMIN } from '#tests/support/server.ts';
import { createPerson, type Person } from './person.ts';

type Who = { email: string; password: string };

/** Fills in the form that is on the screen, and waits until the app is there. */
export async function signInHere(page: Page, who: Who = ADMIN): Promise<void> {
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Opens the app as anybody does, and waits until it shows where a day begins. */
export async function signIn(page: Page, url: string, who: Who = ADMIN): Promise<void> {
  await page.goto(url);
  await signInHere(page, who);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
}

/** The owner in a window of their own, with the app open. */
export async function openApp(browser: Browser, url: string): Promise<Person> {
  const person = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' }),
  );
  await signIn(person.page, url);
  return person;
}
