/** Data models, and what is derived from them: tables, migrations, services, queries. */

// Models and everything derived from their definition.
export { model } from "./model/model";
export { DmlEntity } from "./model/entity";
export type { AnyEntity, CascadeDefinition, CheckDefinition, IndexDefinition, ModelName, ModelSchema } from "./model/entity";
export { specOf } from "./model/spec-of";
export { Property } from "./model/property";
export { Relation } from "./model/relation";
export type { CamelCase, PascalCase, SnakeCase } from "./spec/naming";
export type { Pluralize } from "./spec/pluralize";
export { pluralize } from "./spec/pluralize";
export { toCamelCase, toPascalCase, toSnakeCase } from "./spec/naming";
export type { ColumnsOf, InferRecordOf, InferTypeOf, KeyName, RawNumber, Row, SchemaOf } from "./types/rows";
export type { CreateInput, FieldName, OrderFor, RelationName, UpdateInput } from "./types/inputs";
export type { FiltersFor, FilterOperators, FilterValue } from "./types/filters";
export type {
  CreateMethod,
  DeleteMethod,
  DeleteSelector,
  GeneratedMethods,
  LinkableKeys,
  ListAndCountMethod,
  ListConfig,
  ListMethod,
  ModuleServiceClass,
  RestoreMethod,
  RetrieveConfig,
  RetrieveMethod,
  ReturnKeysConfig,
  SelectorUpdate,
  ServiceModels,
  SoftDeleteMethod,
  UpdateMethod,
} from "./types/service";
export { createTablesSql } from "./ddl/create-tables";
export { tableOwners } from "./ddl/table-owners";
export type { TableOwner } from "./ddl/table-owners";
export { createSchemaOf, jsonSchemaOf, updateSchemaOf } from "./derive/input-schema";
export { Migration } from "./migrations/migration";
export type { MigrationClass } from "./migrations/migration";
export type { LoadModule, ModuleMigrations } from "./migrations/load";
export { migrationLock, pendingMigrations, rollbackMigrations, runMigrations } from "./migrations/run";
export type { MigrationOptions, MigrationProgress } from "./migrations/run";
export { findDrift } from "./migrations/drift";
export type { Drift } from "./migrations/drift";
export { generateMigration } from "./migrations/generate";
export type { GeneratedMigration, GenerateOptions } from "./migrations/generate";
export { isSettled } from "./migrations/renames";
export type { RenameAnswer, RenameQuestion } from "./migrations/renames";
export type {
  CheckSpec,
  HolderSpec,
  IndexSpec,
  ModelSpec,
  PivotSpec,
  PropertyKind,
  PropertySpec,
  RelationKind,
  RelationSpec,
} from "./spec/model-spec";

// Connection, reads, writes and services.
export { connectionOf, createConnection } from "./connection/connection";
export { driverConfig } from "./connection/connection-options";
export type { ConnectionOptions } from "./connection/connection-options";
export { connectionErrors } from "./connection/errors";
export { underLock } from "./connection/under-lock";
export type { LockedExecutor } from "./connection/under-lock";
export { dataErrors, UnknownPropertyError, ValidationError } from "./errors";
export { defaultEdges } from "./plan/edges";
export type { Edge, EdgeResolver, FieldTree, Filters, Join, OrderBy, OrderDirection, ReadRequest, ReadResult } from "./plan/read-plan";
export { prepareRead, read } from "./read/read";
export { InjectManager, InjectTransactionManager, SharedContextParam } from "./service/context-decorators";
export { serviceErrors } from "./service/errors";
export { ModelService } from "./service/model-service";
export type { FindConfig } from "./service/find-config";
export { modelServices, modelsOf, ModuleService } from "./service/module-service";
export { BaseRepository, createRepository } from "./service/repository";
export type { RepositoryOptions, RepositoryTransactionOptions } from "./service/repository";
export type { UnknownNamesOptions } from "./service/unknown-names";
export { managerFor } from "./service/sql-manager";
export { withDataErrors } from "./sql/database-errors";
export { columnValue } from "./sql/values";

// The embedded PostgreSQL.
export { startEmbedded } from "./embedded/start-embedded";
export type { EmbeddedDatabase, EmbeddedOptions } from "./embedded/start-embedded";
