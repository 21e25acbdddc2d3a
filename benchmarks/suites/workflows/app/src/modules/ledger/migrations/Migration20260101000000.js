const { Migration } = require("@velella/data");

class Migration20260101000000 extends Migration {
  async up() {
    this.addSql(
      `create table "ledger_entry" (id text primary key, account text not null, amount integer not null, note text,
        created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz)`,
    );
  }

  async down() {
    this.addSql(`drop table "ledger_entry"`);
  }
}

module.exports = { Migration20260101000000 };
