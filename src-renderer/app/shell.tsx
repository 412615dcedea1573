import { Banners } from './banners.tsx';
import { LocalServerBanner } from './local-server-banner.tsx';
import { Rail } from './rail.tsx';
import { Routes } from './routes.tsx';
import classes from './shell.module.css';

/** Rail, banners that concern everybody, and the screen. */
export function Shell({ workspace }: { workspace: string }) {
  return (
    <div className={classes.shell}>
      <Rail workspace={workspace} />
      <div className={classes.main}>
        <LocalServerBanner />
        <Banners />
        <main className={classes.screen}>
          <Routes />
        </main>
      </div>
    </div>
  );
}
