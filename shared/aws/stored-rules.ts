/**
 * The shape in which versions of the rules stand in the table. Functions take stored rules as they are: they were checked when they
 * were adopted, and to check them at every start would cost it milliseconds. So whoever changes the shape of the rules file gives it
 * the next number here, and either makes the older ones what the new code expects, where they are read, or leaves them refused.
 */
export const rulesSchema = "1";
