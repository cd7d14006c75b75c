/**
 * Words that linking knows, in our own words: plain knowledge of how records are written in England, not taken from a
 * terminology. They only bring candidates together; a claim that rests on words is never more than probable.
 */
import { lists, type Phrases, phrases } from './phrases.ts';

/** Words that turn the meaning of what stands beside them, by the stance they give it; the first that is found counts. */
export const CONTEXT = lists(`
  entered-in-error = entered in error, recorded in error, added in error, in error, error $, ^ error, wrong patient, deleted;
  family = fh, fhx, f h, fam hx, family, familial, mother, father, parent, brother, sister, sibling, maternal, paternal, grandmother, grandfather, grandparent, aunt, uncle, cousin, niece, nephew, son, daughter, mum, dad, wife, husband, spouse, partner, relative;
  not-done = declined, refused, refusal, cancelled, contraindicated, abandoned, deferred, postponed, not done, not given, not indicated, did not attend, ^ dna, dna $, invitation, invited, offered, due $, overdue;
  negated = no, not, nil, none, never, doesnt, didnt, isnt, hasnt, wasnt, denies, denied, absent, absence of, negative for, negative $, ^ negative, free of, excluded, ruled out, disproved, unlikely, ^ without, without evidence;
  suspected = suspected, susp, suspicion, query, possible, possibly, poss, probable, probably, prob, likely, could be, may be, maybe, might be, presumed, presumptive, provisional, differential, ddx, ^ dd, working diagnosis, impression, concern about, concern re, concern regarding, to be confirmed, unconfirmed, rule out, r/o, investigation for, under investigation;
  risk = risk, screening, screen for, carrier, exposure to, contact with, prophylaxis, susceptible, worried about, fear of;
  planned = planned, ^ plan, awaiting, waiting list, listed for, scheduled, booked, requested, arranged, consider, ^ for, for consideration of, referred for, consented for, to have, ^ need, tci, intended;
  history = h/o, history, pmh, previous, past, ex, hx;
`);

/** Abbreviations and lay words for conditions. */
export const CONDITION_WORDS: Phrases = phrases(`
  aaa = abdominal aortic aneurysm; acs = acute coronary syndrome; adhd = attention deficit hyperactivity;
  af = atrial fibrillation; aki = acute kidney injury; als = amyotrophic lateral sclerosis; arf = acute renal failure;
  asd = autism spectrum; bph = benign prostatic hyperplasia; bcc = basal cell cancer;
  bppv = benign paroxysmal positional vertigo; ca = cancer; cabg = coronary artery bypass graft;
  cad = coronary artery; cap = community acquired pneumonia; ccf = congestive heart failure;
  cfs = chronic fatigue syndrome; chd = coronary heart; chf = congestive heart failure; cjd = creutzfeldt jakob;
  ckd = chronic kidney; ckd1 = chronic kidney stage 1; ckd2 = chronic kidney stage 2; ckd3 = chronic kidney stage 3;
  ckd4 = chronic kidney stage 4; ckd5 = chronic kidney stage 5; coad = chronic obstructive pulmonary;
  chronic obstructive airway = chronic obstructive pulmonary; copd = chronic obstructive pulmonary;
  crf = chronic renal failure; cva = stroke; cerebrovascular accident = stroke;
  deep venous thrombosis = deep vein thrombosis; dka = diabetic ketoacidosis; dm = diabetes; dmt1 = type 1 diabetes;
  dmt2 = type 2 diabetes; dvt = deep vein thrombosis; fibroid = leiomyoma; gad = generalised anxiety;
  generalized = generalised; gerd = gastro esophageal reflux; gord = gastro esophageal reflux;
  gastroesophageal = gastro esophageal; hap = hospital acquired pneumonia; hf = heart failure;
  cardiac failure = heart failure; heart attack = myocardial infarction; high blood pressure = hypertension;
  htn = hypertension; ibd = inflammatory bowel; ibs = irritable bowel syndrome; iddm = type 1 diabetes;
  insulin dependent diabetes = type 1 diabetes; ihd = ischemic heart; ischaemic = ischemic;
  itp = immune thrombocytopenia; lbp = low back pain; low back ache = low back pain;
  lrti = lower respiratory tract infection; lower respiratory infection = lower respiratory tract infection;
  malignant neoplasm = cancer; malignant tumour = cancer; malignant tumor = cancer; carcinoma = cancer;
  malignancy = cancer; me = chronic fatigue syndrome; mi = myocardial infarction; mnd = motor neurone;
  ms = multiple sclerosis; nafld = non alcoholic fatty liver; niddm = type 2 diabetes;
  non insulin dependent diabetes = type 2 diabetes; nstemi = non st elevation myocardial infarction;
  oa = osteoarthritis; ocd = obsessive compulsive; osa = obstructive sleep apnea;
  paf = paroxysmal atrial fibrillation; pcos = polycystic ovary syndrome; pe = pulmonary embolism;
  pulmonary embolus = pulmonary embolism; pid = pelvic inflammatory; pmr = polymyalgia rheumatica;
  pvd = peripheral vascular; pad = peripheral arterial; ptsd = post traumatic stress; ra = rheumatoid arthritis;
  scc = squamous cell cancer; sle = systemic lupus erythematosus; stemi = st elevation myocardial infarction;
  svt = supraventricular tachycardia; t1dm = type 1 diabetes; t2dm = type 2 diabetes; tb = tuberculosis;
  tia = transient ischemic attack; uc = ulcerative colitis; underactive thyroid = hypothyroidism;
  overactive thyroid = hyperthyroidism; urti = upper respiratory tract infection; uti = urinary tract infection;
  urine infection = urinary tract infection; vte = venous thromboembolism; type ii = type 2; type i = type 1;
  acid reflux = gastro esophageal reflux; heartburn = gastro esophageal reflux;
  chest infection = lower respiratory tract infection; bronchial asthma = asthma; seizure disorder = epilepsy;
  angina pectoris = angina; essential hypertension = hypertension; essential primary hypertension = hypertension;
  primary hypertension = hypertension; atopic eczema = atopic dermatitis; chickenpox = varicella;
  chicken pox = varicella; shingles = herpes zoster; glandular fever = infectious mononucleosis; pile = hemorrhoid;
  slipped disc = prolapsed disc; water infection = urinary tract infection; cystitis = lower urinary tract infection;
  kidney stone = renal calculus; gall stone = cholelithiasis; gallstone = cholelithiasis; short sighted = myopia;
  glue ear = otitis media effusion; mini stroke = transient ischemic attack; blood clot in leg = deep vein thrombosis;
  clot on lung = pulmonary embolism; brittle bone = osteoporosis; enlarged prostate = benign prostatic hyperplasia;
  a fib = atrial fibrillation; afib = atrial fibrillation; hbp = hypertension; bp high = hypertension;
  gor = gastro esophageal reflux; t2 dm = type 2 diabetes; t1 dm = type 1 diabetes; dm2 = type 2 diabetes;
  dm1 = type 1 diabetes; dm type 2 = type 2 diabetes; dm type 1 = type 1 diabetes; t2d = type 2 diabetes;
  t1d = type 1 diabetes; rha = rheumatoid arthritis; ami = acute myocardial infarction; pneum = pneumonia;
  infn = infection; d o = disorder; nof = neck femur; hypothyroid = hypothyroidism; hyperthyroid = hyperthyroidism;
  hypertensive = hypertension; asthmatic = asthma; epileptic = epilepsy; diabetic = diabetes; osteoarthritic = osteoarthritis;
  cin = cervical intraepithelial neoplasia; fx = fracture; hypercholesterolaemia = hypercholesterolemia;
  ckd 3 = chronic kidney stage 3; ckd 4 = chronic kidney stage 4; ckd 5 = chronic kidney stage 5;
  whooping cough = pertussis; hay fever = allergic rhinitis; hayfever = allergic rhinitis;
  irregular heartbeat = arrhythmia; high cholesterol = hypercholesterolemia; manic depression = bipolar;
  bipolar affective = bipolar; anemia iron deficiency = iron deficiency anemia; long covid = post covid 19 syndrome;
  tumour = tumor; depressive = depression; kidney failure = renal failure; coxarthrosis = osteoarthritis hip;
  gonarthrosis = osteoarthritis knee;
`);

/** Abbreviations and other names of procedures. */
export const PROCEDURE_WORDS: Phrases = phrases(`
  thr = total hip replacement; tkr = total knee replacement; tha = total hip replacement;
  tka = total knee replacement; pci = percutaneous coronary intervention; ptca = percutaneous coronary angioplasty;
  cabg = coronary artery bypass graft; turp = transurethral resection prostate;
  turbt = transurethral resection bladder tumor; ercp = endoscopic retrograde cholangiopancreatography;
  ogd = esophagogastroduodenoscopy; gastroscopy = esophagogastroduodenoscopy; lscs = cesarean section;
  appendectomy = appendicectomy; arthroplasty = replacement; excision of appendix = appendicectomy;
  removal of appendix = appendicectomy; excision of gallbladder = cholecystectomy;
  removal of gallbladder = cholecystectomy; hd = hemodialysis; total prosthetic replacement = total replacement;
  herniorrhaphy = hernia repair; herniotomy = hernia repair; repl = replacement; ing hernia = inguinal hernia;
  ptca stent = coronary angioplasty stent; physio = physiotherapy; appx = appendix;
`);

/** Short and other names of causative agents. */
export const ALLERGY_WORDS: Phrases = phrases(`
  pen = penicillin; pencillin = penicillin; penecillin = penicillin; asa = aspirin; acetylsalicylic acid = aspirin;
  nsaid = non steroidal anti inflammatory; septrin = co trimoxazole; bee sting = bee; bee venom = bee;
  wasp sting = wasp; wasp venom = wasp; hen egg = egg; cow milk = milk; elastoplast = adhesive plaster;
`);

/** British approved names and spellings beside the international ones. */
export const MEDICINE_WORDS: Phrases = phrases(`
  amoxycillin = amoxicillin; frusemide = furosemide; lignocaine = lidocaine; thyroxine = levothyroxine;
  bendrofluazide = bendroflumethiazide; beclomethasone = beclometasone; chlorpheniramine = chlorphenamine;
  cholestyramine = colestyramine; cyclosporin = ciclosporin; cephalexin = cefalexin; cephradine = cefradine;
  acetaminophen = paracetamol; albuterol = salbutamol; epinephrine = adrenaline; norepinephrine = noradrenaline;
  sulphasalazine = sulfasalazine; oestradiol = estradiol; trimeprazine = alimemazine; dothiepin = dosulepin;
  phenobarbitone = phenobarbital; methotrimeprazine = levomepromazine; glycerin = glycerol;
  indomethacin = indometacin;
`);

/** Common brands in the United Kingdom of medicines of one ingredient. */
export const BRANDS: Phrases = phrases(`
  adalat = nifedipine; amias = candesartan; arcoxia = etoricoxib; aricept = donepezil; atrovent = ipratropium;
  calpol = paracetamol; cardicor = bisoprolol; cardura = doxazosin; cipramil = citalopram; cipralex = escitalopram;
  clarityn = loratadine; clexane = enoxaparin; coversyl = perindopril; cozaar = losartan; crestor = rosuvastatin;
  diovan = valsartan; efexor = venlafaxine; eliquis = apixaban; epilim = valproate; forxiga = dapagliflozin;
  fosamax = alendronic acid; glucophage = metformin; imigran = sumatriptan; imodium = loperamide; istin = amlodipine;
  januvia = sitagliptin; jardiance = empagliflozin; keppra = levetiracetam; lamictal = lamotrigine; lanoxin = digoxin;
  lasix = furosemide; lipitor = atorvastatin; lixiana = edoxaban; losec = omeprazole; lustral = sertraline;
  lyrica = pregabalin; marevan = warfarin; maxolon = metoclopramide; motilium = domperidone; naprosyn = naproxen;
  neurontin = gabapentin; nexium = esomeprazole; nurofen = ibuprofen; panadol = paracetamol; piriton = chlorphenamine;
  plaquenil = hydroxychloroquine; plavix = clopidogrel; pradaxa = dabigatran; prozac = fluoxetine; requip = ropinirole;
  risperdal = risperidone; seroquel = quetiapine; seroxat = paroxetine; singulair = montelukast; spiriva = tiotropium;
  stemetil = prochlorperazine; tegretol = carbamazepine; tenormin = atenolol; tritace = ramipril; valium = diazepam;
  ventolin = salbutamol; salamol = salbutamol; voltarol = diclofenac; xarelto = rivaroxaban; zantac = ranitidine;
  zestril = lisinopril; zimovane = zopiclone; zirtek = cetirizine; zispin = mirtazapine; zithromax = azithromycin;
  zocor = simvastatin; zoton = lansoprazole; zovirax = aciclovir; zyloric = allopurinol; zyprexa = olanzapine;
`);

/** Abbreviations and other names of what laboratories and nurses measure. */
export const LAB_WORDS: Phrases = phrases(`
  glomerular filtration rate = egfr; estimated glomerular filtration rate = egfr; estimated gfr = egfr; gfr = egfr;
  estimated egfr = egfr; crp = c reactive protein; hb = hemoglobin; hgb = hemoglobin;
  hemoglobin a1c hemoglobin total = hba1c; hemoglobin a1c = hba1c; glycated hemoglobin = hba1c;
  glycosylated hemoglobin = hba1c; a1c = hba1c; haemoglobin a1c = hba1c; wbc = leukocyte; wcc = leukocyte;
  white cell = leukocyte; white blood cell = leukocyte; white blood cells = leukocyte; leucocyte = leukocyte;
  rbc = erythrocyte; red cell = erythrocyte; red blood cell = erythrocyte; plt = platelet; thrombocyte = platelet;
  alt = alanine aminotransferase; alanine transaminase = alanine aminotransferase; sgpt = alanine aminotransferase;
  ast = aspartate aminotransferase; aspartate transaminase = aspartate aminotransferase;
  sgot = aspartate aminotransferase; alp = alkaline phosphatase; alk phos = alkaline phosphatase;
  ggt = gamma glutamyltransferase; gamma gt = gamma glutamyltransferase;
  gamma glutamyl transferase = gamma glutamyltransferase; tsh = thyrotropin;
  thyroid stimulating hormone = thyrotropin; thyrotrophin = thyrotropin; ft4 = free thyroxine;
  free t4 = free thyroxine; esr = erythrocyte sedimentation rate; mcv = mean cell volume;
  mean corpuscular volume = mean cell volume; mch = mean cell hemoglobin; inr = international normalised ratio;
  international normalized ratio = international normalised ratio; psa = prostate specific antigen;
  prostate specific ag = prostate specific antigen; bun = urea; ck = creatine kinase; ldh = lactate dehydrogenase;
  urinary = urine; k = potassium; na = sodium; ca = calcium; mg = magnesium; crea = creatinine; creat = creatinine;
  chol = cholesterol; ferr = ferritin; alb = albumin; bili = bilirubin; gluc = glucose; trig = triglyceride;
  hdl = hdl cholesterol; ldl = ldl cholesterol; blood pressure = bp; arterial pressure = bp; body mass index = bmi;
  oxygen saturation = spo2; o2 saturation = spo2; sats = spo2; pulse oximetry = spo2;
  breathing rate = respiratory rate; respiration rate = respiratory rate; temp = temperature; ua = urinalysis;
  international federation of clinical chemistry and laboratory medicine = ifcc;
  international federation of clinical chemistry = ifcc; national early warning score 2 = news2; news 2 = news2;
  plts = platelet; urine microscopy culture and sensitivity = urine culture; mc and s = culture; mcs = culture;
  microscopy culture and sensitivity = culture; vitamin b12 = b12; cobalamin = b12; vit d = vitamin d; hct = hematocrit; pcv = hematocrit; msu = midstream urine;
  haemoglobin = hemoglobin;
`);

const words = (written: string): readonly string[] => written.trim().split(/\s+/);

/** Words that say nothing of their own in a name, by the kind of name. */
export const FILLER = {
  any: words(`
  a an and at by due for from in nec nos of on or other part the to unspecified with without sided
  complication not otherwise elsewhere specified classified stated cause site finding situation qualifier
  value
  `),
  allergy: words(`
  allergy allergic reaction adverse caused intolerance intolerant hypersensitivity sensitivity sensitive
  substance product containing preparation drug agent anaphylaxis anaphylactic induced dietary edible
  effect side food therapy personal propensity
  known confirmed adr allgy rash urticaria hive itching swelling angioedema nausea vomiting diarrhea myalgia
  `),
  condition: words(`
  disease disorder mellitus
  diagnosis diagnosed dx problem confirmed known current established has
  `),
  lab: words(`
  serum plasma level concentration mass substance molar mole volume measurement estimation count total
  laboratory calculation reading panel body measure test result observation automated standardised
  standardized protocol method enzymatic activity number arterial score all children optional o e oe
  blood royal college physician core
  `),
  procedure: words(`
  procedure operation primary using cement prosthetic joint nec performed
  `),
} as const;

/** What a vaccine is against, by the words and brands that name it. */
export const ANTIGENS = lists(`
  influenza = flu, influenza, fluenz, laiv, fluad, flucelvax, supemtek, efluelda, vaxigrip, fluarix;
  covid19 = comirnaty, spikevax, vaxzevria, nuvaxovid, covid, covid19, covid 19, sars cov 2, sars cov2, coronavirus, coronavirus 2;
  measles = measles, mmr, mmrv, m m r, m m rvaxpro, mmrvaxpro, priorix, proquad;
  mumps = mumps, mmr, mmrv, m m r, m m rvaxpro, mmrvaxpro, priorix, proquad;
  rubella = rubella, german measles, mmr, mmrv, m m r, m m rvaxpro, mmrvaxpro, priorix, proquad;
  varicella = varicella, chickenpox, chicken pox, mmrv, varilrix, varivax, proquad;
  zoster = zoster, shingles, zostavax, shingrix;
  pneumococcus = pneumococcal, pneumococcus, pneumonia, ppv, ppv23, pcv, pcv7, pcv13, pneumovax, prevenar, vaxneuvance, apexxnar, streptococcus pneumoniae;
  hepatitisB = hepatitis b, hep b, hepb, viral hepatitis type b, hepatitis type b, 6 in 1, hexavalent, hexa, vaxelis, engerix b, engerix, hbvaxpro, fendrix, twinrix, ambirix;
  hepatitisA = hepatitis a, hep a, hepa, hepatitis type a, havrix, vaqta, avaxim, twinrix, ambirix;
  diphtheria = vaxelis, hexa, pediacel, repevax, boostrix, revaxis, diphtheria, dtp, dtap, tdap, td, dt, 6 in 1, 5 in 1, 4 in 1, 3 in 1, hexavalent, pre school booster, teenage booster;
  tetanus = vaxelis, hexa, pediacel, repevax, boostrix, revaxis, tetanus, dtp, dtap, tdap, td, dt, 6 in 1, 5 in 1, 4 in 1, 3 in 1, hexavalent, pre school booster, teenage booster;
  pertussis = vaxelis, hexa, pediacel, repevax, boostrix, pertussis, whooping cough, dtp, dtap, tdap, 6 in 1, 5 in 1, 4 in 1, hexavalent, pre school booster;
  polio = vaxelis, hexa, pediacel, repevax, revaxis, polio, poliomyelitis, ipv, opv, 6 in 1, 5 in 1, 4 in 1, 3 in 1, hexavalent, pre school booster, teenage booster;
  hib = vaxelis, hexa, pediacel, menitorix, hib, hemophilus influenzae, hemophilus influenzae type b, hemophilus, 6 in 1, 5 in 1, hexavalent;
  meningococcusB = trumenba, menb, men b, meningitis b, meningococcal b, bexsero;
  meningococcusC = menitorix, menc, men c, meningitis c, meningococcal c;
  meningococcusACWY = menacwy, men acwy, acwy, nimenrix, menveo, menquadfi;
  hpv = hpv, papillomavirus, papilloma, gardasil, cervarix;
  rotavirus = rotavirus, rotarix;
  tuberculosis = bcg, tuberculosis;
  typhoid = typhoid, typhim, vivotif;
  yellowFever = yellow fever, stamaril;
  rabies = rabies, rabipur, verorab;
  rsv = abrysvo, arexvy, rsv, respiratory syncytial virus;
  cholera = cholera, dukoral;
  japaneseEncephalitis = japanese encephalitis, ixiaro;
  tickEncephalitis = tick borne encephalitis;
  mpox = imvanex, mpox, monkeypox, smallpox;
`);

/** How a dose of a course is written. */
export const DOSE_WORDS: Readonly<Record<string, number>> = {
  first: 1,
  '1st': 1,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
  '4th': 4,
  fifth: 5,
  '5th': 5,
};
