package dev.gsig.ehr;

/**
 * The vocabulary ids that stand for structure, not for a clinical code.
 *
 * @param pad fills a sequence up to the model's length
 * @param cls stands before the sequence; null if the model has none
 * @param sep ends each visit; null if the model has none
 * @param mask stands for a hidden code; null if the model has none
 * @param unk stands for a code that the vocabulary lacks; null if the model has none
 */
public record SpecialTokens(int pad, Integer cls, Integer sep, Integer mask, Integer unk) {
  /**
   * Says whether an id is the separator.
   *
   * @param id a vocabulary id
   * @return false also if there is no separator
   */
  public boolean isSep(int id) {
    return sep != null && sep == id;
  }

  /**
   * Says whether an id stands for a code that the vocabulary lacks.
   *
   * @param id a vocabulary id
   * @return false also if there is no UNK
   */
  public boolean isUnk(int id) {
    return unk != null && unk == id;
  }

  /**
   * Says whether an id stands for structure and so can't be the id of a clinical code. UNK is not
   * among these: a cohort may carry it in place of a code.
   *
   * @param id a vocabulary id
   * @return whether it is PAD, CLS, SEP or MASK
   */
  public boolean isStructural(int id) {
    return id == pad || isSep(id) || (cls != null && cls == id) || (mask != null && mask == id);
  }
}
