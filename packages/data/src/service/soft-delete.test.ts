import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTablesSql } from "../ddl/create-tables";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { connectionTo, createTestDatabase } from "../testing/database";
import type { TestDatabase } from "../testing/database";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";

/** A course has students through enrolments, which are records of their own, and topics through a plain pivot table. */
const Course = model
  .define("course", {
    id: model.id().primaryKey(),
    code: model.text().unique(),
    lessons: model.hasMany(() => Lesson, { mappedBy: "course" }),
    students: model.manyToMany(() => Student, { mappedBy: "courses", pivotEntity: () => Enrolment }),
    topics: model.manyToMany(() => Topic, { mappedBy: "courses" }),
    enrolments: model.hasMany(() => Enrolment, { mappedBy: "course" }),
  })
  .cascades({ delete: ["lessons"], detach: ["students", "topics"] });
const Lesson = model.define("lesson", {
  id: model.id().primaryKey(),
  room: model.text().unique(),
  course: model.belongsTo(() => Course, { mappedBy: "lessons" }),
});
const Student = model
  .define("student", {
    id: model.id().primaryKey(),
    courses: model.manyToMany(() => Course, { mappedBy: "students", pivotEntity: () => Enrolment }),
  })
  .cascades({ detach: ["courses"] });
const Topic = model.define("topic", { id: model.id().primaryKey(), courses: model.manyToMany(() => Course, { mappedBy: "topics" }) });
const Enrolment = model.define("enrolment", {
  id: model.id().primaryKey(),
  course: model.belongsTo(() => Course, { mappedBy: "enrolments" }),
  student: model.belongsTo(() => Student),
});

const School = ModuleService({ Course, Lesson, Student, Topic, Enrolment });
const keys = (...ids: string[]) => ids as never;

let database: TestDatabase;
let connection: SqlConnection;
let school: InstanceType<typeof School>;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ ...connectionTo(database.url), poolSize: 2 });
  for (const statement of createTablesSql([Course, Lesson, Student, Topic, Enrolment].map(specOf))) await connection.query(statement);
  school = new School({ baseRepository: createRepository(connection) });
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

beforeEach(async () => {
  await connection.query("truncate course, lesson, student, topic, enrolment, course_topics cascade");
  await school.createStudents([{ id: "s1" }, { id: "s2" }]);
  await school.createTopics({ id: "t1" });
  await school.createCourses({
    id: "c1",
    code: "A",
    lessons: [
      { id: "l1", room: "r1" },
      { id: "l2", room: "r2" },
    ],
    students: keys("s1", "s2"),
    topics: keys("t1"),
  });
});

const coursesOf = async (id: string) => (await school.retrieveStudent(id, { relations: ["courses"] })).courses.map((course) => course.id);
const coursesOn = async (id: string) => (await school.retrieveTopic(id, { relations: ["courses"] })).courses.map((course) => course.id);
const studentsOf = async (id: string) =>
  (await school.retrieveCourse(id, { relations: ["students"] })).students.map((student) => student.id);

test("pairs that are records go with a detached row and come back with it", async () => {
  const touched = await school.softDeleteCourses("c1");
  expect(touched).toMatchObject({ course_id: ["c1"], lesson_id: expect.arrayContaining(["l1", "l2"]) });
  expect((touched as Record<string, string[]>).enrolment_id).toHaveLength(2);
  expect(await school.listEnrolments()).toEqual([]);
  expect([await coursesOf("s1"), await coursesOn("t1")]).toEqual([[], []]);
  expect(await school.restoreCourses("c1")).toEqual({
    ...touched,
    lesson_id: expect.arrayContaining(["l1", "l2"]),
    enrolment_id: expect.any(Array),
  });
  expect(await studentsOf("c1")).toEqual(["s1", "s2"]);
  expect(await coursesOn("t1")).toEqual(["c1"]);
});

test("a pair that was dissolved before stays so, and one that has lost its other end waits for it", async () => {
  const [first] = await school.listEnrolments({ student_id: "s1" });
  await school.softDeleteEnrolments(first?.id as string);
  await school.softDeleteStudents("s2");
  await school.softDeleteCourses("c1");
  await school.restoreCourses("c1");
  expect(await studentsOf("c1")).toEqual([]);
  await school.restoreStudents("s2");
  expect(await studentsOf("c1")).toEqual(["s2"]);
});

test("a unique value taken meanwhile is named, and nothing is half restored, in and outside a transaction", async () => {
  await school.softDeleteCourses("c1");
  await school.createCourses({ id: "c2", code: "B", lessons: [{ id: "l3", room: "r2" }] });
  const refused = {
    type: "invalid_data",
    reason: "data.taken_meanwhile",
    message: "Lesson with room: r2, already exists.",
    hint: expect.stringContaining("Lesson with room: r2 was made while"),
  };
  await expect(school.restoreCourses("c1")).rejects.toMatchObject(refused);
  await connection.transaction(async (transaction) => {
    const context = {
      transactionManager: createRepository(connection).getActiveManager({ transactionManager: { executor: transaction } as never }),
    };
    await expect(school.restoreCourses("c1", {}, context)).rejects.toMatchObject(refused);
    // The caller's transaction goes on.
    await school.createTopics({ id: "t2" }, context);
  });
  expect((await school.listCourses()).map((course) => course.id)).toEqual(["c2"]);
  expect((await school.listLessons()).map((lesson) => lesson.id)).toEqual(["l3"]);
  expect(await school.listEnrolments()).toEqual([]);
  await school.deleteLessons("l3");
  await school.restoreCourses("c1");
  expect((await school.listLessons()).map((lesson) => lesson.id)).toEqual(["l1", "l2"]);
});
