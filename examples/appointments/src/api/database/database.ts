import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../../generated/prisma/client.ts';

const connectionsMax = 4;
const connectMsMax = 2_000;

/**
 * Prisma over a node-postgres pool of our own, so that the pool's size, its wait limit and its metrics
 * (`db.client.connection.count`, `.pending_requests`, `.max`) are in plain sight.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly pool = new pg.Pool({
    ...addressOf(process.env.DATABASE_URL ?? 'postgresql://localhost:5432/appointments'),
    max: connectionsMax,
    connectionTimeoutMillis: connectMsMax,
    idleTimeoutMillis: 30_000,
  });

  readonly client = new PrismaClient({
    adapter: new PrismaPg(this.pool),
    transactionOptions: { maxWait: connectMsMax, timeout: 15_000 },
    errorFormat: 'minimal',
  });

  async onModuleInit(): Promise<void> {
    await this.client.$queryRaw`SELECT 1`;
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.client.$disconnect();
    await this.pool.end();
  }
}

/** In parts rather than as one string: the pool's metrics and spans are named after them. */
function addressOf(url: string): pg.PoolConfig {
  const { hostname, port, pathname, username, password } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), user: username, password };
}
