package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.OmopOptions.Spelling;
import dev.gsig.ehr.internal.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Spells the concepts of an OMOP common data model as codes, once all of its events are read: only
 * what is used of the vocabularies, which have millions of concepts, is kept.
 */
final class OmopVocabulary {
  /** How units stand in the records until then, before the number of their concept. */
  static final String UNIT = "unit concept ";

  private static final String CONCEPT = "concept";
  private static final String ANCESTOR = "concept_ancestor";
  private static final List<String> CONCEPT_COLUMNS =
      List.of("concept_id", "concept_name", "vocabulary_id", "concept_class_id", "concept_code");

  private record Concept(String name, String vocabulary, String code) {}

  private final OmopOptions options;
  private final Map<Long, Concept> concepts = new HashMap<>();

  /** The classes that drugs are told by. */
  private final Set<Long> classes = new HashSet<>();

  private final Map<Long, Set<Long>> classesOf = new HashMap<>();
  private final Map<Long, Set<Long>> descendants = new HashMap<>();

  OmopVocabulary(OmopOptions options) {
    this.options = options;
  }

  /**
   * Makes sure, before anything large is read, that there are the tables that will be needed.
   *
   * @throws InvalidInputException naming the one that is missing, and how to do without
   */
  void require(OmopTables tables) {
    String where =
        options.vocabulary() == null
            ? "beside the data; name a folder of vocabularies, as Athena delivers them, with"
                + " --vocabulary"
            : "in " + options.vocabulary() + "; name another folder of vocabularies";
    boolean rolledUp = options.drugs().isRolledUp();
    if (!tables.has(CONCEPT) && (rolledUp || options.spelling() == Spelling.CODES)) {
      throw new InvalidInputException(
          "the table concept, which "
              + (rolledUp ? "--drugs " + options.drugs().label() : "--spelling codes")
              + " needs, is not "
              + where);
    }
    if (!tables.has(ANCESTOR) && rolledUp) {
      throw new InvalidInputException(
          "the table concept_ancestor, which --drugs "
              + options.drugs().label()
              + " needs, is not "
              + where
              + ", or choose --drugs concept");
    }
    if (!tables.has(ANCESTOR) && !options.wholes().isEmpty()) {
      Long first = options.wholes().iterator().next();
      throw new InvalidInputException(
          "the table concept_ancestor, by which c_"
              + first
              + " stands for a concept and its descendants, is not "
              + where
              + ", or the codes themselves, such as d_"
              + first
              + ", with --target-codes");
    }
  }

  /** Reads what the events need, and spells them. */
  void spell(OmopTables tables, Reading reading) {
    Records records = reading.records;
    if (tables.has(CONCEPT)) {
      Set<Long> used = used(reading);
      tables.each(
          reading,
          CONCEPT,
          CONCEPT_COLUMNS.subList(0, 1),
          CONCEPT_COLUMNS.subList(1, CONCEPT_COLUMNS.size()),
          row -> concept(row, used));
    } else {
      records.notice("no table concept: codes have no descriptions");
    }
    if (options.drugs().isRolledUp() || !options.wholes().isEmpty()) {
      ancestors(tables, reading);
    }
    Map<Long, Set<String>> wholes = new HashMap<>();
    options.wholes().forEach(whole -> wholes.put(whole, new HashSet<>()));
    records.respell(
        code -> respelt(code, records, wholes),
        code -> OmopEventTable.DRUG.table + ": of no " + options.drugs().label());
    records.wholes.putAll(wholes);
    records.respellUnits(this::unit);
    reading.units.respell(this::unit);
  }

  /** The concepts of codes, of their values and units. */
  private static Set<Long> used(Reading reading) {
    Set<Long> used = new HashSet<>();
    Dictionary codes = reading.records.codes;
    for (int code = 0; code < codes.size(); code++) {
      used.addAll(concepts(codes.text(code)));
    }
    Stream.concat(reading.records.unitTexts(), reading.units.texts())
        .filter(unit -> unit.startsWith(UNIT))
        .forEach(unit -> used.add(Long.valueOf(unit.substring(UNIT.length()))));
    return used;
  }

  /** The concept of a code, and that of its value if it has one. */
  private static List<Long> concepts(String code) {
    String body = code.substring(code.indexOf('_') + 1);
    int equals = body.indexOf('=');
    return equals < 0
        ? List.of(Long.valueOf(body))
        : List.of(
            Long.valueOf(body.substring(0, equals)), Long.valueOf(body.substring(equals + 1)));
  }

  private void concept(Table row, Set<Long> used) {
    long id = OmopIds.required(row, 0);
    boolean isClass = options.drugs().isClass(row.text(2), row.text(3));
    if (isClass) {
      classes.add(id);
    }
    if (isClass || used.contains(id)) {
      concepts.put(id, new Concept(row.text(1), row.text(2), row.text(4)));
    }
  }

  private void ancestors(OmopTables tables, Reading reading) {
    Set<Long> drugs = new HashSet<>();
    for (int code = 0; code < reading.records.codes.size(); code++) {
      String text = reading.records.codes.text(code);
      if (text.charAt(0) == OmopEventTable.DRUG.kind) {
        drugs.addAll(concepts(text));
      }
    }
    for (Long whole : options.wholes()) {
      descendants.put(whole, new HashSet<>(Set.of(whole)));
    }
    tables.each(
        reading,
        ANCESTOR,
        List.of("ancestor_concept_id", "descendant_concept_id"),
        List.of(),
        row -> {
          long ancestor = OmopIds.required(row, 0);
          boolean isClass = classes.contains(ancestor);
          Set<Long> below = descendants.get(ancestor);
          if (isClass || below != null) {
            long descendant = OmopIds.required(row, 1);
            if (isClass && drugs.contains(descendant)) {
              classesOf.computeIfAbsent(descendant, any -> new LinkedHashSet<>()).add(ancestor);
            }
            if (below != null) {
              below.add(descendant);
            }
          }
        });
  }

  /** The codes of a code of concept numbers, each of which is described. */
  private List<String> respelt(String code, Records records, Map<Long, Set<String>> wholes) {
    char kind = code.charAt(0);
    List<Long> ids = concepts(code);
    List<Long> told = List.of(ids.get(0));
    boolean rolled = kind == OmopEventTable.DRUG.kind && options.drugs().isRolledUp();
    if (rolled) {
      told = List.copyOf(classesOf.getOrDefault(ids.get(0), Set.of()));
      if (told.isEmpty() && options.drugs() == OmopDrugs.INGREDIENT) {
        records.notice("kind of drug of no known ingredient: told by its own concept");
        told = List.of(ids.get(0));
      }
    }
    List<String> codes = new ArrayList<>();
    for (Long id : told) {
      boolean byCode =
          options.spelling() == Spelling.CODES || (rolled && options.drugs() == OmopDrugs.ATC);
      String spelt = spelt(kind, id, byCode, records);
      String text = name(id);
      if (ids.size() > 1) {
        String value = byCode ? plain(ids.get(1), records) : "" + ids.get(1);
        spelt += "=" + value;
        text = text == null ? null : text + ": " + orElse(name(ids.get(1)), value);
      }
      records.describe(spelt, text);
      codes.add(spelt);
      String whole = spelt;
      wholes.forEach(
          (concept, members) -> {
            if (descendants.get(concept).contains(id)) {
              members.add(whole);
            }
          });
    }
    return codes;
  }

  private String name(Long id) {
    return concepts.containsKey(id) ? concepts.get(id).name() : null;
  }

  private static String orElse(String text, String other) {
    return text == null ? other : text;
  }

  private String spelt(char kind, Long id, boolean byCode, Records records) {
    if (!byCode) {
      return kind + "_" + id;
    }
    Concept concept = concepts.get(id);
    int version = concept == null ? 0 : icd(concept.vocabulary());
    boolean isIcd = version > 0 && (kind == 'd' || kind == 'p') && concept.code() != null;
    String code = isIcd ? Coding.icd(kind, version, concept.code()) : null;
    return code == null ? kind + "_" + plain(id, records) : code;
  }

  /** The code of a concept in capitals; its number, and noticed, where there is none. */
  private String plain(Long id, Records records) {
    Concept concept = concepts.get(id);
    String code =
        concept == null || concept.code() == null ? null : Coding.plain('x', concept.code());
    if (code == null) {
      records.notice("concept that the table concept has no code of: spelt by its number");
      return "" + id;
    }
    return code.substring(2);
  }

  /** The version of ICD that a vocabulary is of; 0 for none. */
  private static int icd(String vocabulary) {
    String name = vocabulary == null ? "" : vocabulary.toUpperCase(Locale.ROOT);
    return name.startsWith("ICD10") ? 10 : name.startsWith("ICD9") ? 9 : 0;
  }

  private String unit(String text) {
    if (!text.startsWith(UNIT)) {
      return text;
    }
    Concept unit = concepts.get(Long.valueOf(text.substring(UNIT.length())));
    return unit == null || unit.code() == null ? text : unit.code();
  }
}
