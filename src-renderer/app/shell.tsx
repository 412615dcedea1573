import type { ReactNode } from 'react';
import { Rail } from './rail.tsx';
import { Routes } from './routes.tsx';
import classes from './shell.module.css';

export type ShellProps = {
  workspace: string;
  reviews: number;
  onSearch: () => void;
  foot: ReactNode;
  banners: ReactNode;
};

/** Rail, banners that concern everybody, and the screen. */
export function Shell({ workspace, reviews, onSearch, foot, banners }: ShellProps) {
  return (
    <div className={classes.shell}>
      <Rail workspace={workspace} reviews={reviews} onSearch={onSearch} foot={foot} />
      <div className={classes.main}>
        {banners}
        <main className={classes.screen}>
          <Routes />
        </main>
      </div>
    </div>
  );
}
