import { expect, test } from "vitest";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { createTablesSql } from "./create-tables";
import { tableOwners } from "./table-owners";

test("each table is asked for by a model or by a relation seen from either end", () => {
  const owners = tableOwners([Artist, Album, Genre, Label, Profile, Ticket].map(specOf));
  expect(owners).toContainEqual({ table: "album", owner: 'the model "Album"' });
  expect(owners).toContainEqual({ table: "album_label", owner: 'the relation "labels" of "Album"' });
  expect(new Set(owners.map(({ table }) => table)).size).toBe(owners.length);
});

test("two models with one table are refused before a statement is written", () => {
  const First = model.define({ name: "first", tableName: "shared" }, { id: model.id(), a: model.text() });
  const Second = model.define({ name: "second", tableName: "shared" }, { id: model.id(), b: model.text() });
  expect(() => createTablesSql([First, Second].map(specOf))).toThrow(
    'The table "shared" is asked for twice: by the model "First" and by the model "Second".',
  );
  // PostgreSQL cuts both names to the same 63 bytes.
  const long = "x".repeat(63);
  const Cut = model.define({ name: "cut", tableName: `${long}a` }, { id: model.id() });
  const Too = model.define({ name: "too", tableName: `${long}b` }, { id: model.id() });
  expect(() => createTablesSql([Cut, Too].map(specOf))).toThrow("is asked for twice");
});

test("two manyToMany relations with one pivot table are refused, both named", () => {
  const Aa = model.define("aa", { id: model.id(), x: model.manyToMany(() => Bb), y: model.manyToMany(() => Bb) });
  const Bb = model.define("bb", { id: model.id() });
  expect(() => createTablesSql([Aa, Bb].map(specOf))).toThrow(/"aa_bbs".*the relation "x" of "Aa" and the relation "y" of "Aa"/);

  const Cc = model.define("cc", { id: model.id(), dds: model.manyToMany(() => Dd, { pivotTable: "pairs" }) });
  const Dd = model.define("dd", { id: model.id() });
  const Ee = model.define("ee", { id: model.id(), dds: model.manyToMany(() => Dd, { pivotTable: "pairs" }) });
  expect(() => createTablesSql([Cc, Dd, Ee].map(specOf))).toThrow(/"pairs".*"dds" of "Cc" and the relation "dds" of "Ee"/);

  const Ff = model.define("ff", { id: model.id(), ggs: model.manyToMany(() => Gg, { pivotTable: "gg" }) });
  const Gg = model.define("gg", { id: model.id() });
  expect(() => createTablesSql([Ff, Gg].map(specOf))).toThrow('by the model "Gg" and by the relation "ggs" of "Ff"');
});

test("relations of one pair of models may each have a table of their own, and one may lead back to its own model", () => {
  const Team = model.define("team", {
    id: model.id(),
    players: model.manyToMany(() => Player, { mappedBy: "teams" }),
    coaches: model.manyToMany(() => Player, { mappedBy: "coached", pivotTable: "team_coach" }),
    rivals: model.manyToMany(() => Team, { pivotTable: "rivalry", joinColumn: "team_id", inverseJoinColumn: "rival_id" }),
  });
  const Player = model.define("player", {
    id: model.id(),
    teams: model.manyToMany(() => Team, { mappedBy: "players" }),
    coached: model.manyToMany(() => Team, { mappedBy: "coaches" }),
  });
  expect(tableOwners([Team, Player].map(specOf)).map(({ table }) => table)).toEqual([
    "team",
    "player",
    "player_teams",
    "team_coach",
    "rivalry",
  ]);
});
