import { randomBytes } from "node:crypto";
import { GenericContainer, Wait } from "testcontainers";

/** A server that somebody has to stop. */
export interface StartedServer {
  readonly url: string;
  stop(): Promise<void>;
}

const THROW_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "TimeZone=UTC"];

/** Starts a PostgreSQL image: tuned for throw-away data and locale C, or as it comes with a locale that sorts as people do. */
export async function startContainer(image: string, major: number, ordinary: boolean): Promise<StartedServer> {
  const password = randomBytes(12).toString("hex");
  // Before 15 the image's own locale, en_US.utf8, serves.
  const people = major >= 15 ? "--locale-provider=icu --icu-locale=en-US" : "";
  const settings = ordinary ? [] : THROW_AWAY.flatMap((setting) => ["-c", setting]);
  const container = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: ordinary ? people : "--no-locale --encoding=UTF8" })
    .withCommand(["postgres", ...settings])
    .withExposedPorts(5432)
    // The image starts a first server for its own setup.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  const url = `postgres://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return {
    url,
    stop: async () => {
      await container.stop();
    },
  };
}
