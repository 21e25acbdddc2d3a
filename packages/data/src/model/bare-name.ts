import { quote } from "../sql/quote";

/** Words that PostgreSQL does not take as a bare column name. */
const reserved = new Set(
  (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_date current_role " +
    "current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign from grant group " +
    "having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary " +
    "references returning select session_user some symmetric table then to trailing true union unique user using variadic when where window with"
  ).split(" "),
);

/** A column name in an expression: bare where PostgreSQL reads it as written, quoted elsewhere. */
export function bareName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : quote(name);
}
