import type { HolidayRules } from "./holiday-rules.ts";

/** Days after Easter Sunday. */
const SHROVE_TUESDAY = -47;
const MAUNDY_THURSDAY = -3;
const GOOD_FRIDAY = -2;
const EASTER_MONDAY = 1;
const ASCENSION = 39;
const AFTER_ASCENSION = 40;
const WHIT_MONDAY = 50;
const CORPUS_CHRISTI = 60;
/** Of the Orthodox churches, on which Lent begins. */
const CLEAN_MONDAY = -48;

/**
 * Holidays of a whole country, by the law in force in 2026: NOTICE.md. Where a country's law says which days a deadline
 * does not end on, these are its days.
 */
export const COUNTRIES = {
  AT: {
    fixed: "01-01 01-06 05-01 08-15 10-26 11-01 12-08 12-25 12-26",
    easter: [EASTER_MONDAY, ASCENSION, WHIT_MONDAY, CORPUS_CHRISTI],
  },
  BE: {
    fixed: "01-01 05-01 07-21 08-15 11-01 11-11 12-25",
    easter: [EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  // Labour Code, article 154(2), for all but Easter.
  BG: {
    movedOn: "01-01 03-03 05-01 05-06 05-24 09-06 09-22 12-24 12-25 12-26",
    orthodox: [GOOD_FRIDAY, EASTER_MONDAY],
  },
  // The administration of the Confederation: Federal Personnel Ordinance, article 66(2).
  CH: {
    fixed: "01-01 01-02 08-01 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  CY: {
    fixed: "01-01 01-06 03-25 04-01 05-01 08-15 10-01 10-28 12-25 12-26",
    orthodox: [CLEAN_MONDAY, GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY],
  },
  CZ: {
    fixed: "01-01 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY],
  },
  DE: {
    fixed: "01-01 05-01 10-03 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  // 5 June, 24 and 31 December: Limitation Act, section 27(2). The Great Prayer Day ended with 2023.
  DK: {
    fixed: "01-01 06-05 12-24 12-25 12-26 12-31",
    easter: [MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
    once: "2020-05-08 2021-04-30 2022-05-13 2023-05-05",
  },
  EE: {
    fixed: "01-01 02-24 05-01 06-23 06-24 08-20 12-24 12-25 12-26",
    easter: [GOOD_FRIDAY],
  },
  ES: {
    fixed: "01-01 01-06 05-01 08-15 10-12 11-01 12-06 12-08 12-25",
    easter: [GOOD_FRIDAY],
  },
  /** The institutions in Brussels, as usually published; those in Luxembourg have 23 June instead of 21 July. */
  EU: {
    fixed: "01-01 01-02 05-01 05-09 07-21 08-15 11-01 11-02 12-24 12-25 12-26 12-27 12-28 12-29 12-30 12-31",
    easter: [MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, AFTER_ASCENSION, WHIT_MONDAY],
  },
  // The eves of Christmas and of midsummer: Act 150/1930 on the calculation of statutory time limits.
  FI: {
    fixed: "01-01 01-06 05-01 12-06 12-24 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY, ASCENSION],
    weekdays: [["Friday", "06-19"]],
  },
  FR: {
    fixed: "01-01 05-01 05-08 07-14 08-15 11-01 11-11 12-25",
    easter: [EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  // Northern Ireland. The bank holidays of early May 2020 and late May 2022 were moved.
  GB: {
    movedOn: "01-01 03-17 07-12 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY],
    weekdays: [
      ["Monday", "05-01"],
      ["Monday", "05-25"],
      ["Monday", "08-25"],
    ],
    once: "2020-05-08 2022-06-02 2022-06-03 2022-09-19 2023-05-08",
    except: "2020-05-04 2022-05-30",
  },
  // 1 May is moved where it meets Easter or, by decision, a Sunday.
  GR: {
    fixed: "01-01 01-06 03-25 05-01 08-15 10-28 12-25 12-26",
    orthodox: [CLEAN_MONDAY, GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY],
    once: "2021-05-04 2022-05-02 2024-05-07",
    except: "2024-05-01",
  },
  HR: {
    fixed: "01-01 01-06 05-01 05-30 06-22 08-05 08-15 11-01 11-18 12-25 12-26",
    easter: [EASTER_MONDAY, CORPUS_CHRISTI],
  },
  HU: {
    fixed: "01-01 03-15 05-01 08-20 10-23 11-01 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY],
  },
  // Offices close on the day after a weekend. St Brigid's: the first Monday of February, or the 1st if that is a Friday.
  IE: {
    movedOn: "01-01 03-17 12-25 12-26",
    easter: [EASTER_MONDAY],
    weekdays: [
      ["Monday", "02-01"],
      ["Monday", "05-01"],
      ["Monday", "06-01"],
      ["Monday", "08-01"],
      ["Monday", "10-25"],
    ],
    once: "2022-03-18 2030-02-01",
    except: "2020-02-03 2021-02-01 2022-02-07 2030-02-04",
  },
  // First day of summer, and Commerce Day.
  IS: {
    fixed: "01-01 05-01 06-17 12-25 12-26",
    easter: [MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
    weekdays: [
      ["Thursday", "04-19"],
      ["Monday", "08-01"],
    ],
  },
  IT: {
    fixed: "01-01 01-06 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26",
    since: { 2026: "10-04" },
    easter: [EASTER_MONDAY],
  },
  LI: {
    fixed: "01-01 01-02 01-06 02-02 03-19 05-01 08-15 09-08 11-01 12-08 12-24 12-25 12-26 12-31",
    easter: [SHROVE_TUESDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY, CORPUS_CHRISTI],
  },
  LT: {
    fixed: "01-01 02-16 03-11 05-01 06-24 07-06 08-15 11-01 11-02 12-24 12-25 12-26",
    easter: [EASTER_MONDAY],
  },
  LU: {
    fixed: "01-01 05-01 05-09 06-23 08-15 11-01 12-25 12-26",
    easter: [EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  // 2023: the ice hockey team, and the end of the song festival.
  LV: {
    fixed: "01-01 05-01 06-23 06-24 12-24 12-25 12-26 12-31",
    movedOn: "05-04 11-18",
    easter: [GOOD_FRIDAY, EASTER_MONDAY],
    once: "2023-05-29 2023-07-10",
  },
  MT: {
    fixed: "01-01 02-10 03-19 03-31 05-01 06-07 06-29 08-15 09-08 09-21 12-08 12-13 12-25",
    easter: [GOOD_FRIDAY],
  },
  // Algemene termijnenwet, article 3: Good Friday, and 5 May of every year.
  NL: {
    fixed: "01-01 04-27 05-05 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  NO: {
    fixed: "01-01 05-01 05-17 12-25 12-26",
    easter: [MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY],
  },
  PL: {
    fixed: "01-01 01-06 05-01 05-03 08-15 11-01 11-11 12-25 12-26",
    since: { 2025: "12-24" },
    easter: [EASTER_MONDAY, CORPUS_CHRISTI],
  },
  PT: {
    fixed: "01-01 04-25 05-01 06-10 08-15 10-05 11-01 12-01 12-08 12-25",
    easter: [GOOD_FRIDAY, CORPUS_CHRISTI],
  },
  RO: {
    fixed: "01-01 01-02 01-24 05-01 06-01 08-15 11-30 12-01 12-25 12-26",
    since: { 2024: "01-06 01-07" },
    orthodox: [GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY],
  },
  // The eves of midsummer, Christmas and the new year: Act 1930:173 on the calculation of statutory time.
  SE: {
    fixed: "01-01 01-06 05-01 06-06 12-24 12-25 12-26 12-31",
    easter: [GOOD_FRIDAY, EASTER_MONDAY, ASCENSION],
    weekdays: [["Friday", "06-19"]],
  },
  // 2023: after the floods.
  SI: {
    fixed: "01-01 01-02 02-08 04-27 05-01 05-02 06-25 08-15 10-31 11-01 12-25 12-26",
    easter: [EASTER_MONDAY],
    once: "2023-08-14",
  },
  // 1 September was free until 2023, 17 November until 2024; 8 May and 15 September were worked in 2026 alone.
  SK: {
    fixed: "01-01 01-06 05-01 05-08 07-05 08-29 09-15 11-01 12-24 12-25 12-26",
    easter: [GOOD_FRIDAY, EASTER_MONDAY],
    once: "2020-09-01 2021-09-01 2022-09-01 2023-09-01 2020-11-17 2021-11-17 2022-11-17 2023-11-17 2024-11-17",
    except: "2026-05-08 2026-09-15",
  },
  // The federal government: 5 U.S.C. 6103. 19 June is one since 2021.
  US: {
    observed: "01-01 06-19 07-04 11-11 12-25",
    weekdays: [
      ["Monday", "01-15"],
      ["Monday", "02-15"],
      ["Monday", "05-25"],
      ["Monday", "09-01"],
      ["Monday", "10-08"],
      ["Thursday", "11-22"],
    ],
    except: "2020-06-19",
  },
} satisfies Readonly<Record<string, HolidayRules>>;
