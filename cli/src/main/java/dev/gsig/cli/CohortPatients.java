package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.internal.TabularNames;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.VisitOrder;
import dev.gsig.ehr.VocabularyCheck;
import java.io.Closeable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The patients of a cohort as the command line was asked to read them, on their way to a model. Can
 * be iterated once.
 */
final class CohortPatients implements Iterable<Trajectory>, Closeable {
  private final CohortReader reader;
  private final String name;
  private final boolean sortVisits;
  private final LeftOut leftOut;
  private final Map<String, String> places = new HashMap<>();
  private final TabularNames tabularNames = new TabularNames();
  private Outcomes outcomes;
  private int sorted;

  /**
   * Patients of a reader.
   *
   * @param reader closed with this
   * @param name what messages call the cohort
   * @param sortVisits whether visits that are not in the order of their times are sorted
   * @param skipInvalid whether patients that cannot be used are left out
   */
  CohortPatients(CohortReader reader, String name, boolean sortVisits, boolean skipInvalid) {
    this.reader = reader;
    this.name = name;
    this.sortVisits = sortVisits;
    this.leftOut = skipInvalid ? new LeftOut() : null;
    if (skipInvalid) {
      reader.skipInvalid(leftOut::add);
    }
  }

  /** Patients as they come in, whatever their codes. */
  @Override
  public Iterator<Trajectory> iterator() {
    return new Reading(reader.iterator());
  }

  /**
   * Patients as they come in, none of them before most of the codes so far are known to a model.
   *
   * @param codes counts them
   */
  Iterator<Trajectory> checked(UnknownCodes codes) {
    return new VocabularyCheck(iterator(), codes, name);
  }

  /** A count of nobody's unknown codes. */
  static UnknownCodes unknownCodes(Model model) {
    return new UnknownCodes(model.vocabulary(), model.tokenizer().specialTokens());
  }

  /** Whether patients that cannot be used are left out. */
  boolean skipsInvalid() {
    return leftOut != null;
  }

  /** Whether visits are sorted. */
  boolean sortsVisits() {
    return sortVisits;
  }

  /** From now on, keeps what became of the patients that come in. */
  Outcomes keepOutcomes() {
    outcomes = new Outcomes();
    return outcomes;
  }

  /** Lets go of what is known of a patient who was of use. */
  void used(String subject) {
    places.remove(subject);
  }

  /**
   * Takes a patient that was handed on and cannot be used.
   *
   * @throws InvalidInputException the reason, unless such patients are left out
   */
  void leaveOut(Trajectory patient, InvalidInputException reason) {
    if (leftOut == null) {
      throw reason;
    }
    leftOut.add(places.remove(patient.subjectId()), reason);
  }

  /** How many patients were left out. */
  int leftOut() {
    return leftOut == null ? 0 : leftOut.count();
  }

  /**
   * Makes sure that a patient was of use.
   *
   * @param used how many were
   * @throws InvalidInputException if none was
   */
  void requireAny(int used) {
    if (used == 0 && leftOut != null) {
      throw leftOut.nobodyIsLeft(name);
    }
  }

  /** Shows who was left out, and what was sorted. */
  void say(Terminal terminal) {
    if (leftOut != null) {
      leftOut.lines().forEach(terminal::warn);
    }
    if (sorted > 0) {
      terminal.say(SortVisitsFlag.note(sorted));
    }
  }

  /** The tabular values of the patients so far. */
  TabularNames tabularNames() {
    return tabularNames;
  }

  /** What messages call the cohort. */
  String name() {
    return name;
  }

  /** Identifies the cohort once it was read to its end; null before. */
  String sha256() {
    return reader.sha256();
  }

  @Override
  public void close() {
    reader.close();
  }

  private final class Reading extends LookAhead<Trajectory> {
    private final Iterator<Trajectory> patients;

    Reading(Iterator<Trajectory> patients) {
      this.patients = patients;
    }

    @Override
    Trajectory read() {
      Trajectory patient = null;
      while (patient == null && patients.hasNext()) {
        patient = taken(patients.next());
      }
      return patient;
    }

    /** Null if the patient was left out. */
    private Trajectory taken(Trajectory patient) {
      tabularNames.add(patient);
      if (outcomes != null) {
        outcomes.add(patient);
      }
      if (leftOut != null) {
        places.put(patient.subjectId(), reader.where());
      }
      if (!sortVisits || VisitOrder.disordered(patient) == 0) {
        return patient;
      }
      try {
        Trajectory inOrder = VisitOrder.sorted(patient);
        sorted++;
        return inOrder;
      } catch (InvalidInputException e) {
        if (leftOut == null) {
          throw new InvalidInputException(reader.where() + ": " + e.getMessage(), e);
        }
        leaveOut(patient, e);
        return null;
      }
    }
  }
}
