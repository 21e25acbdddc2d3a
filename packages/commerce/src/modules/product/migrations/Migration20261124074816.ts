import { Migration } from "@velella/data";

export class Migration20261124074816 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_product_category_product_product_category_id" ON "product_category_product" ("product_category_id");`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_product_tags_product_tag_id" ON "product_tags" ("product_tag_id");`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_product_variant_option_option_value_id" ON "product_variant_option" ("option_value_id");`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_product_category_product_product_category_id";`);
    this.addSql(`drop index if exists "IDX_product_tags_product_tag_id";`);
    this.addSql(`drop index if exists "IDX_product_variant_option_option_value_id";`);
  }
}
