package dev.gsig.ehr;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Patients of a cohort as they come in, none of them handed on while more than half of the codes so
 * far are unknown to the model. Then up to {@value #AHEAD} patients more are read, in case that it
 * were only the first; if most of the codes still are unknown, or the cohort is at its end, it is
 * refused. Of a cohort whose codes are known, each patient is handed on as soon as it is read.
 */
public final class VocabularyCheck implements Iterator<Trajectory> {
  /** So many patients are held back at most. */
  public static final int AHEAD = 100;

  private final Iterator<Trajectory> patients;
  private final UnknownCodes codes;
  private final String cohort;
  private final Queue<Trajectory> held = new ArrayDeque<>();
  private RuntimeException unreadable;

  /**
   * Checks patients on their way.
   *
   * @param patients the cohort; read as the result is
   * @param codes counts their codes
   * @param cohort what messages call it
   */
  public VocabularyCheck(Iterator<Trajectory> patients, UnknownCodes codes, String cohort) {
    this.patients = patients;
    this.codes = codes;
    this.cohort = cohort;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnknownCodesException if most codes are unknown, see {@link UnknownCodes#requireFew}
   */
  @Override
  public boolean hasNext() {
    if (held.isEmpty() && unreadable == null) {
      read();
    }
    if (held.isEmpty() && unreadable != null) {
      throw unreadable;
    }
    return !held.isEmpty();
  }

  private void read() {
    try {
      do {
        if (!patients.hasNext()) {
          break;
        }
        Trajectory patient = patients.next();
        codes.add(patient);
        held.add(patient);
      } while (codes.areMost() && held.size() <= AHEAD);
    } catch (RuntimeException e) {
      unreadable = e;
    }
    try {
      codes.requireFew(cohort);
    } catch (UnknownCodesException e) {
      held.clear();
      unreadable = e;
    }
  }

  @Override
  public Trajectory next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return held.remove();
  }
}
