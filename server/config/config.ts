/** Everything read from the environment, once, validated. See README for the meaning of each. */
export type Config = {
  version: string;
  port: number;
  host: string;
  dataDir: string;
  /** Null = embedded PostgreSQL in the data folder. */
  databaseUrl: string | null;
  role: 'all' | 'api' | 'worker';
  adminEmail: string | null;
  adminPassword: string | null;
  /** Zone of a new workspace; afterwards the workspace's own. */
  timeZone: string;
  smtpUrl: string | null;
  /** No trailing slash. */
  publicUrl: string;
  open: boolean;
};
